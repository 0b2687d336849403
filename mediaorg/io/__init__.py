"""One door a file to the world: disk, libav, ffprobe, cache, journal, workers, progress."""
