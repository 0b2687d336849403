"""Clips with one odd feature each, made by the ffmpeg program; the referee is the ffprobe program beside it."""

import json
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SRT = "1\n00:00:00,100 --> 00:00:00,900\nThe tide is late.\n"
CHAPTERS = ";FFMETADATA1\n" + "".join(
    f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={n * 200}\nEND={n * 200 + 200}\ntitle=Part {n}\n" for n in range(4)
)
SIZE, RATE, SECONDS = "192x108", "25", "1"

X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
X264_B = "-c:v libx264 -preset veryfast -bf 2 -pix_fmt yuv420p"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=1:frame-threads=1 -pix_fmt yuv420p"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p"
AV1 = "-c:v libaom-av1 -usage realtime -cpu-used 8 -pix_fmt yuv420p"
XVID = "-c:v mpeg4 -vtag XVID"
AAC, AC3, EAC3, OPUS = "-c:a aac", "-c:a ac3", "-c:a eac3", "-c:a libopus"
HDR10 = "-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc"
HLG = "-color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc"


def x265(params: str, pix_fmt: str = "yuv420p") -> str:
    return X265.replace("log-level=none", f"log-level=none:{params}").replace("yuv420p", pix_fmt)


def picture(size: str = SIZE, rate: str = RATE, seconds: str = SECONDS) -> str:
    return f"-f lavfi -i testsrc=s={size}:r={rate}:d={seconds}"


def sound(channels: int = 2, hertz: int = 48000, seconds: str = SECONDS) -> str:
    layout = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}[channels]
    return f"-f lavfi -i anoisesrc=r={hertz}:d={seconds}:a=0.1,aformat=channel_layouts={layout}"


P, S, S1, S6 = picture(), sound(), sound(1), sound(6)
SUBS = f"{P} {S} -i @srt -i @srt -map 0 -map 1 -map 2 -map 3 -metadata:s:s:0 language=ger -metadata:s:s:1 language=fre"
TWO = f"{P} {S} {S6} -map 0 -map 1 -map 2 -metadata:s:a:0 language=jpn -metadata:s:a:1 language=eng"

# name: what ffmpeg is asked; "@srt" and such are files of the desk. These are what a library is full of.
ORDINARY: dict[str, str] = {
    "h264_aac.mkv": f"{P} {S} {X264_B} {AAC}",
    "h264_23976.mkv": f"{picture(rate='24000/1001')} {S} {X264_B} {AAC}",
    "h264_2997.mkv": f"{picture(rate='30000/1001')} {S} {X264} {AAC}",
    "h264_50.mkv": f"{picture(rate='50')} {S} {X264} {AAC}",
    "h264_5994.mkv": f"{picture(rate='60000/1001')} {S} {X264} {AAC}",
    "h264_ac3_51.mkv": f"{P} {S6} {X264} {AC3}",
    "h264_eac3_51.mkv": f"{P} {S6} {X264} {EAC3}",
    "h264_dts.mkv": f"{P} {S6} {X264} -c:a dca -strict -2",
    "h264_opus_51.mkv": f"{P} {S6} {X264} {OPUS}",
    "h264_flac.mkv": f"{P} {S} {X264} -c:a flac",
    "h264_mp3.mkv": f"{P} {S} {X264} -c:a libmp3lame",
    "h264_vorbis.mkv": f"{P} {S} {X264} -c:a libvorbis",
    "h264_pcm.mkv": f"{P} {S} {X264} -c:a pcm_s16le",
    "h264_truehd.mkv": f"{P} {S6} {X264} -c:a truehd -strict -2",
    "h264_languages.mkv": f"{TWO} {X264} {AAC}",
    "h264_srt.mkv": f"{SUBS} {X264} {AAC} -c:s srt",
    "h264_ass.mkv": f"{SUBS} {X264} {AAC} -c:s ass",
    "h264_webvtt.mkv": f"{SUBS} {X264} {AAC} -c:s webvtt",
    "h264_chapters.mkv": f"{P} {S} -i @chapters -map 0 -map 1 -map_chapters 2 {X264} {AAC}",
    "h264_fonts.mkv": f"{P} {S} {X264} {AAC} -attach @font -metadata:s:t mimetype=application/x-truetype-font",
    "h264_cover.mkv": f"{P} {S} {X264} {AAC} -attach @jpg -metadata:s:t mimetype=image/jpeg -metadata:s:t filename=cover.jpg",
    "h264_title.mkv": f"{P} {S} {X264} {AAC} -metadata title=@title -metadata creation_time=2020-02-29T12:34:56.5Z",
    "hevc_aac.mkv": f"{P} {S} {X265} {AAC}",
    "hevc10_hdr10.mkv": f"{P} {S6} {x265('colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1', 'yuv420p10')} {EAC3}",
    "hevc10_hlg.mkv": f"{P} {S} {x265('colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc', 'yuv420p10')} {AAC}",
    "hevc10_sdr.mkv": f"{P} {S} {x265('', 'yuv420p10')} {AAC}",
    "av1_opus.mkv": f"{picture(seconds='0.2')} {S} {AV1} {OPUS}",
    "xvid_mp3.mkv": f"{P} {S} -c:v mpeg4 -c:a libmp3lame",
    "vp9_opus.webm": f"{P} {S} {VP9} {OPUS}",
    "vp8_vorbis.webm": f"{P} {S} -c:v libvpx -deadline realtime -c:a libvorbis",
    "av1_opus.webm": f"{picture(seconds='0.2')} {S} {AV1} {OPUS}",
    "h264_aac.mp4": f"{P} {S} {X264_B} {AAC}",
    "h264_faststart.mp4": f"{P} {S} {X264_B} {AAC} -movflags faststart",
    "h264_mono.mp4": f"{P} {S1} {X264} {AAC}",
    "h264_51.mp4": f"{P} {S6} {X264} {AAC}",
    "h264_ac3.mp4": f"{P} {S6} {X264} {AC3}",
    "h264_eac3.mp4": f"{P} {S6} {X264} {EAC3}",
    "h264_chapters.mp4": f"{P} {S} -i @chapters -map 0 -map 1 -map_chapters 2 {X264} {AAC}",
    "h264_subs.mp4": f"{SUBS} {X264} {AAC} -c:s mov_text",
    "h264_title.mp4": f"{P} {S} {X264} {AAC} -metadata title=@title -metadata creation_time=2020-02-29T12:34:56Z",
    "h264_cover.mp4": f"{P} {S} -i @jpg -map 0 -map 1 -map 2 {X264} {AAC} -c:v:1 copy -disposition:v:1 attached_pic",
    "h264_languages.mp4": f"{TWO} {X264} {AAC}",
    "h264_2997.mp4": f"{picture(rate='30000/1001')} {S} {X264_B} {AAC}",
    "hevc_aac.mp4": f"{P} {S} {X265} -tag:v hvc1 {AAC}",
    "hevc10_hdr10.mp4": f"{P} {S} {x265('colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc', 'yuv420p10')} {AAC}",
    "h264_aac.mov": f"{P} {S1} {X264} {AAC} -metadata creation_time=2021-12-24T18:02:41Z",
    "h264_pcm.mov": f"{P} {S} {X264} -c:a pcm_s16le",
    "h264_aac.m4v": f"{P} {S} {X264} {AAC}",
    "xvid_mp3.avi": f"{P} {S} {XVID} -c:a libmp3lame",
    "divx_mp3_vbr.avi": f"{P} {S} -c:v mpeg4 -vtag DX50 -c:a libmp3lame -q:a 4",
    "xvid_ac3.avi": f"{P} {S} {XVID} {AC3}",
    "xvid_silent.avi": f"{P} {XVID}",
}
# What is met now and then; the next rung may be asked about any of them.
ODD: dict[str, str] = {
    "long.mp4": "-stream_loop 300 -i @clip -c copy",
    "long_faststart.mp4": "-stream_loop 300 -i @clip -c copy -movflags faststart",
    "long.mkv": "-stream_loop 300 -i @clip -c copy",
    "unknown_size.mkv": f"{P} {S} {X264} {AAC} -live 1",
    "cues_to_front.mkv": f"{P} {S} {X264} {AAC} -reserve_index_space 20000",
    "one_frame.mkv": f"{picture(seconds='0.04')} {X264}",
    "audio_only.mkv": f"{S} {AAC}",
    "video_only.mkv": f"{P} {X264}",
    "full_range.mkv": f"{P} {S} {X264.replace('yuv420p', 'yuvj420p')} -color_range pc {AAC}",
    "h264_10.mkv": f"{P} {S} {X264.replace('yuv420p', 'yuv420p10')} {AAC}",
    "h264_422.mkv": f"{P} {S} {X264.replace('yuv420p', 'yuv422p')} {AAC}",
    "h264_444.mkv": f"{P} {S} {X264.replace('yuv420p', 'yuv444p')} {AAC}",
    "h264_gray.mkv": f"{P} {S} {X264.replace('yuv420p', 'gray')} {AAC}",
    "h264_rgb.mkv": f"{P} {S} -c:v libx264rgb -preset ultrafast {AAC}",
    "h264_odd_size.mkv": f"{picture('190x106')} {S} {X264} {AAC}",
    "h264_odd_444.mkv": f"{picture('191x107')} {S} {X264.replace('yuv420p', 'yuv444p')} {AAC}",
    "h264_interlaced.mkv": f"{P} {S} {X264_B} -flags +ildct+ilme -x264-params tff=1 {AAC}",
    "h264_sar.mkv": f"{P} {S} -vf setsar=16/11 {X264} {AAC}",
    "h264_stereo3d.mkv": f"{P} {S} {X264} {AAC} -metadata:s:v stereo_mode=left_right",
    "h264_hdr10_vui.mkv": f"{P} {S} {X264.replace('yuv420p', 'yuv420p10')} {HDR10} {AAC}",
    "vfr.mkv": f"{P} {S} -vf select='not(eq(mod(n\\,3)\\,1))' -fps_mode vfr {X264} {AAC}",
    "late_video.mkv": f"-itsoffset 0.5 {P} {S} -map 0 -map 1 {X264} {AAC}",
    "hevc_422_10.mkv": f"{P} {S} {x265('', 'yuv422p10')} {AAC}",
    "hevc_444.mkv": f"{P} {S} {x265('', 'yuv444p')} {AAC}",
    "hevc_12.mkv": f"{P} {S} {x265('', 'yuv420p12')} {AAC}",
    "hevc_full.mkv": f"{P} {S} {x265('range=full')} {AAC}",
    "hevc_odd_size.mkv": f"{picture('190x106')} {S} {X265} {AAC}",
    "hevc_dv_like_atc.mkv": f"{P} {S} {x265('colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc:atc-sei=18', 'yuv420p10')} {AAC}",
    "mpeg2.mkv": f"{P} {S} -c:v mpeg2video -c:a mp2",
    "mjpeg.mkv": f"{P} {S} -c:v mjpeg {AAC}",
    "ffv1.mkv": f"{P} {S} -c:v ffv1 -c:a flac",
    "theora.mkv": f"{P} {S} -c:v libtheora -c:a libvorbis",
    "vp9_mkv_10.mkv": f"{P} {S} {VP9} -pix_fmt yuv420p10 {OPUS}",
    "vp9_444.webm": f"{P} {S} {VP9} -pix_fmt yuv444p {OPUS}",
    "vp9_422_10.webm": f"{P} {S} {VP9} -pix_fmt yuv422p10 {OPUS}",
    "vp9_hdr.webm": f"{P} {S} {VP9} -pix_fmt yuv420p10 {HDR10} {OPUS}",
    "vp9_alpha.webm": f"{P} -vf format=yuva420p {VP9} -pix_fmt yuva420p -auto-alt-ref 0",
    "av1_10_hdr.mkv": f"{picture(seconds='0.2')} {S} {AV1} -pix_fmt yuv420p10 {HDR10} {OPUS}",
    "av1_444.mkv": f"{picture(seconds='0.2')} {S} {AV1} -pix_fmt yuv444p {OPUS}",
    "aac_mono.mkv": f"{P} {S1} {X264} {AAC}",
    "aac_mono_22k.mkv": f"{P} {sound(1, 22050)} {X264} {AAC}",
    "aac_71.mkv": f"{P} {sound(8)} {X264} {AAC}",
    "aac_quad.mkv": f"{P} {sound(4)} {X264} {AAC}",
    "ac3_mono.mkv": f"{P} {S1} {X264} {AC3}",
    "ac3_21.mkv": f"{P} {sound(3)} {X264} {AC3}",
    "eac3_mono.mkv": f"{P} {S1} {X264} {EAC3}",
    "dts_mono.mkv": f"{P} {S1} {X264} -c:a dca -strict -2",
    "opus_mono.mkv": f"{P} {S1} {X264} {OPUS}",
    "opus_71.mkv": f"{P} {sound(8)} {X264} {OPUS}",
    "flac_51.mkv": f"{P} {S6} {X264} -c:a flac",
    "vorbis_51.mkv": f"{P} {S6} {X264} -c:a libvorbis",
    "mp3_mono.mkv": f"{P} {S1} {X264} -c:a libmp3lame",
    "truehd_2.mkv": f"{P} {S} {X264} -c:a truehd -strict -2",
    "alac.mkv": f"{P} {S} {X264} -c:a alac",
    "pcm24.mkv": f"{P} {S6} {X264} -c:a pcm_s24le",
    "wavpack.mkv": f"{P} {S} {X264} -c:a wavpack",
    "long_title.mkv": f"{P} {S} {X264} {AAC} -metadata title=@long",
    "blank_title.mkv": f"{P} {S} {X264} {AAC} -metadata title=@blank",
    "tags.mkv": f"{P} {S} {X264} {AAC} -metadata artist=Nobody -metadata date=2001 -metadata:s:a title=Sound",
    "named_track.mkv": f"{P} {S} {X264} {AAC} -metadata:s:v title={'x' * 34}",
    "many_streams.mkv": f"{P} {S} -map 0 {'-map 1 ' * 12} {X264} -c:a libopus",
    "no_b_one_gop.mkv": f"{P} {S} {X264} -g 1 {AAC}",
    "two_videos.mkv": f"{P} {picture('64x64', '10')} {S} -map 0 -map 1 -map 2 {X264} {AAC}",
    "audio_first.mkv": f"{P} {S} -map 1 -map 0 {X264} {AC3}",
    "extreme_rate.mkv": f"{picture(rate='7')} {S} {X264} {AAC}",
    "slow_rate.mkv": f"{picture(rate='1/3', seconds='9')} {S} {X264} {AAC}",
    "fast_rate.mkv": f"{picture(rate='240')} {S} {X264} {AAC}",
    "fragmented.mp4": f"{P} {S} {X264} {AAC} -movflags frag_keyframe+empty_moov",
    "fragmented_default.mp4": f"{P} {S} {X264} {AAC} -movflags frag_keyframe",
    "dash.mp4": f"{P} {S} {X264} {AAC} -movflags dash+global_sidx+frag_keyframe",
    "one_frame.mp4": f"{picture(seconds='0.04')} {X264}",
    "audio_only.mp4": f"{S} {AAC}",
    "audio_only.m4a": f"{S} {AAC}",
    "video_only.mp4": f"{P} {X264}",
    "rotate_90.mp4": f"{P} {S} {X264} {AAC} -metadata:s:v rotate=90",
    "rotate_180.mp4": f"{P} {S} {X264} {AAC} -metadata:s:v rotate=180",
    "rotate_270.mov": f"{P} {S} {X264} {AAC} -metadata:s:v rotate=270",
    "late_audio.mp4": f"{P} -itsoffset 0.4 {S} -map 0 -map 1 {X264_B} {AAC}",
    "late_video.mp4": f"-itsoffset 0.4 {P} {S} -map 0 -map 1 {X264_B} {AAC}",
    "no_edits.mp4": f"{P} {S} {X264_B} {AAC} -use_editlist 0",
    "negative_cts.mp4": f"{P} {S} {X264_B} {AAC} -movflags negative_cts_offsets",
    "vfr.mp4": f"{P} {S} -vf select='not(eq(mod(n\\,3)\\,1))' -fps_mode vfr {X264} {AAC}",
    "short_audio.mp4": f"{picture(seconds='2')} {S} {X264} {AAC}",
    "long_audio.mp4": f"{P} {sound(seconds='2')} {X264} {AAC}",
    "alac.m4a": f"{S} -c:a alac",
    "mp3.mp4": f"{P} {S} {X264} -c:a libmp3lame",
    "opus.mp4": f"{P} {S} {X264} {OPUS}",
    "opus_51.mp4": f"{P} {S6} {X264} {OPUS}",
    "flac.mp4": f"{P} {S} {X264} -c:a flac -strict -2",
    "dts.mp4": f"{P} {S6} {X264} -c:a dca -strict -2",
    "vorbis.mp4": f"{P} {S} {X264} -c:a libvorbis",
    "aac_22k_mono.mp4": f"{P} {sound(1, 22050)} {X264} {AAC}",
    "aac_71.mp4": f"{P} {sound(8)} {X264} {AAC}",
    "aac_quad.mp4": f"{P} {sound(4)} {X264} {AAC}",
    "hev1.mp4": f"{P} {S} {X265} -tag:v hev1 {AAC}",
    "hevc_full.mp4": f"{P} {S} {x265('range=full')} {AAC}",
    "h264_full.mp4": f"{P} {S} {X264.replace('yuv420p', 'yuvj420p')} -color_range pc {AAC}",
    "h264_hlg_colr.mp4": f"{P} {S} {X264.replace('yuv420p', 'yuv420p10')} {HLG} {AAC} -movflags write_colr",
    "h264_422.mov": f"{P} {S} {X264.replace('yuv420p', 'yuv422p10')} {AAC}",
    "mpeg4.mp4": f"{P} {S} -c:v mpeg4 {AAC}",
    "vp9.mp4": f"{P} {S} {VP9} {OPUS}",
    "vp9_10.mp4": f"{P} {S} {VP9} -pix_fmt yuv420p10 {HDR10} {OPUS}",
    "av1.mp4": f"{picture(seconds='0.2')} {S} {AV1} {OPUS}",
    "av1_10.mp4": f"{picture(seconds='0.2')} {S} {AV1} -pix_fmt yuv420p10 {HDR10} {OPUS}",
    "mjpeg.mov": f"{P} {S} -c:v mjpeg -c:a pcm_s16be",
    "prores.mov": f"{P} {S} -c:v prores_ks -c:a pcm_s24le",
    "dnxhd.mov": f"{picture('1920x1080', seconds='0.1')} -c:v dnxhd -b:v 36M -pix_fmt yuv422p",
    "h263.3gp": f"{picture('176x144', '10')} {sound(1, 8000)} -c:v h263 {AAC}",
    "timecode.mov": f"{P} {S} {X264} {AAC} -timecode 01:00:00:00",
    "use_metadata.mp4": f"{P} {S} {X264} {AAC} -movflags use_metadata_tags -metadata title=Abc -metadata creation_time=2011-01-02T03:04:05Z",
    "long_title.mp4": f"{P} {S} {X264} {AAC} -metadata title=@long",
    "title.mov": f"{P} {S} {X264} {AAC} -metadata title=@title -metadata artist=Nobody",
    "title.3gp": f"{P} {S} {X264} {AAC} -metadata title=Abc",
    "subs_languages.mov": f"{SUBS} {X264} {AAC} -c:s mov_text",
    "interlaced.mp4": f"{P} {S} {X264_B} -flags +ildct+ilme -x264-params tff=1 {AAC}",
    "two_videos.mp4": f"{P} {picture('64x64', '10')} {S} -map 0 -map 1 -map 2 {X264} {AAC}",
    "odd_size.mp4": f"{picture('190x106')} {S} {X264} {AAC}",
    "hvc1_10.mov": f"{P} {S} {x265('colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc', 'yuv420p10')} -tag:v hvc1 {AAC}",
    "chapters.mov": f"{P} {S} -i @chapters -map 0 -map 1 -map_chapters 2 {X264} {AAC}",
    "timescale.mp4": f"{P} {S} {X264} {AAC} -video_track_timescale 90000 -movie_timescale 90000",
    "stream_title.mp4": f"{P} {S} {X264} {AAC} -metadata:s:v title=Camera -metadata:s:a title=Mike",
    "pcm.mp4": f"{P} {S} {X264} -c:a mp2",
    "h264.avi": f"{P} {S} {X264} -c:a libmp3lame",
    "hevc.avi": f"{P} {S} {X265} -c:a libmp3lame",
    "mjpeg.avi": f"{P} {S} -c:v mjpeg -c:a pcm_u8",
    "divx3.avi": f"{P} {S} -c:v msmpeg4 -c:a libmp3lame",
    "fmp4.avi": f"{P} {S1} -c:v mpeg4 -c:a pcm_s16le",
    "xvid_b.avi": f"{P} {S} -c:v libxvid -bf 2 -c:a libmp3lame",
    "xvid_mono.avi": f"{P} {S1} {XVID} -c:a libmp3lame",
    "aac.avi": f"{P} {S} {XVID} {AAC}",
    "mp2.avi": f"{P} {S} {XVID} -c:a mp2",
    "two_sounds.avi": f"{P} {S} {S1} -map 0 -map 1 -map 2 {XVID} -c:a libmp3lame -metadata:s:a:0 language=ger",
    "title.avi": f"{P} {S} {XVID} -c:a libmp3lame -metadata title=@title",
    "long_audio.avi": f"{P} {sound(seconds='2')} {XVID} -c:a libmp3lame",
    "short_audio.avi": f"{picture(seconds='2')} {S} {XVID} -c:a libmp3lame",
    "23976.avi": f"{picture(rate='24000/1001')} {S} {XVID} -c:a libmp3lame",
    "one_frame.avi": f"{picture(seconds='0.04')} {XVID}",
    "audio_only.avi": f"{S} -c:a libmp3lame",
    "raw.avi": f"{picture(seconds='0.1')} -c:v rawvideo -pix_fmt yuv420p",
    "no_index.avi": f"{P} {S} {XVID} -c:a libmp3lame -write_index 0",
    "odml.avi": f"{P} {S} {XVID} -c:a libmp3lame -reserve_index_space 4000",
    "late_sound.avi": f"{P} -itsoffset 0.5 {S} -map 0 -map 1 {XVID} -c:a libmp3lame",
}
# More of the same, by multiplication; for the long sweep.
WIDE: dict[str, str] = {
    f"wide_{v}_{a}_{rate.replace('/', 'over')}_{kind}.{suffix}": f"{picture(rate=rate)} {sound(channels)} {video} {audio} {extra}"
    for suffix in ("mkv", "mp4", "mov")
    for v, video in {"x264": X264_B, "x265": X265 + " -tag:v hvc1", "mpeg4": "-c:v mpeg4"}.items()
    for a, audio, channels in (
        ("aac1", AAC, 1),
        ("aac6", AAC, 6),
        ("ac3", AC3, 2),
        ("eac3", EAC3, 6),
        ("mp3", "-c:a libmp3lame", 2),
    )
    for rate in ("25", "24000/1001", "12.5")
    for kind, extra in {"plain": "", "tagged": "-metadata title=Abc -metadata:s:a language=fin"}.items()
    if not (suffix == "mkv" and v == "x265" and rate == "12.5")
}


def make(folder: Path, cases: dict[str, str]) -> list[Path]:
    """Have ffmpeg write the clips that are not there yet; one it cannot write is left out."""
    desk = {
        "srt": folder / "desk.srt",
        "chapters": folder / "desk.txt",
        "jpg": folder / "desk.jpg",
        "font": folder / "desk.ttf",
        "clip": folder / "desk.mp4",
    }
    desk["srt"].write_text(SRT)
    desk["chapters"].write_text(CHAPTERS)
    desk["font"].write_bytes(bytes(range(256)) * 600)
    if not desk["jpg"].exists():
        run("-f lavfi -i testsrc=s=64x64:d=0.04 -frames:v 1".split(), desk["jpg"])
    if not desk["clip"].exists():
        run(f"{picture(SIZE, '50')} {S} {X264_B} {AAC}".split(), desk["clip"])
    words = {f"@{name}": str(path) for name, path in desk.items()}
    words |= {"@title": 'Ärger & "Łódź" – 東京 \\o/ 🎬', "@long": "Long " * 400, "@blank": "  ", "@empty": ""}

    def one(case: tuple[str, str]) -> Path | None:
        name, asked = case
        path = folder / name
        if not path.exists():
            run([words.get(word, word) for word in asked.split()], path)
        return path if path.exists() else None

    with ThreadPoolExecutor(2) as pool:
        return [path for path in pool.map(one, cases.items()) if path is not None]


def run(arguments: list[str], path: Path) -> None:
    part = path.with_name(f"part.{path.name}")
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-threads", "1", *arguments, "-threads", "1", str(part)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    if done.returncode == 0 and part.exists():
        part.rename(path)
    else:
        part.unlink(missing_ok=True)
        print(path.name, done.stderr[-300:])


def referee(paths: Iterable[Path]) -> list[dict]:
    """What the ffprobe program says of each."""
    command = "ffprobe -v error -protocol_whitelist file -of json -show_format -show_streams -show_chapters -i".split()

    def one(path: Path) -> dict:
        said = subprocess.run([*command, f"file:{path}"], capture_output=True, timeout=50, check=False).stdout
        try:
            return json.loads(said)
        except ValueError:
            return {}

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, paths))
