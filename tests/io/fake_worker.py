"""A worker that does what it is told, dying and hanging included; it is told once where to note what it was given."""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    batches = map(json.loads, sys.stdin)
    [settings] = next(batches)
    if settings == "broken":
        sys.exit("cannot load libav")
    say({})
    for batch in batches:
        for task in batch:
            if task == "die" or (task == "die once" and not Path(settings).exists()):
                Path(settings).touch()
                os._exit(11)
            if task == "hang":
                time.sleep(1000)
            if task == "slow":
                time.sleep(0.005)
            if task == "cut":
                sys.stdout.write('{"half": ')
                sys.stdout.flush()
                os._exit(0)
            if task == "long":  # longer than any deadline of these tests, but alive
                for _ in range(20):
                    time.sleep(0.05)
                    print(flush=True)
            say({"pid": os.getpid(), "said": task, "batch": len(batch)})


def say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
