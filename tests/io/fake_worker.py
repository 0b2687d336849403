"""A worker that does what it is told, dying and hanging included."""

import json
import os
import sys
import time


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if request.get("do") == "die":
            os._exit(11)
        if request.get("do") == "hang":
            time.sleep(1000)
        if request.get("do") == "cut":
            sys.stdout.write('{"half": ')
            sys.stdout.flush()
            os._exit(0)
        print(json.dumps({"pid": os.getpid(), "said": request}), flush=True)


if __name__ == "__main__":
    main()
