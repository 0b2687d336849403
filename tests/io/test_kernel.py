"""In a real kernel: the first interrupt is a wish, the cell comes to its end with all its rows, and the next one runs."""

import queue
from collections.abc import Iterator

import pytest

jupyter_client = pytest.importorskip("jupyter_client")


class Kernel:
    """A kernel, asked cell by cell."""

    def __init__(self) -> None:
        self.manager = jupyter_client.KernelManager(kernel_name="python3")
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=50)

    def begin(self, code: str) -> str:
        return self.client.execute(code)

    def end(self, asked: str, interrupt_at: str | None = None) -> str:
        """What the cell printed, or the error it ended with; interrupted once it has printed `interrupt_at`."""
        said = ""
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=40)
            except queue.Empty:
                raise AssertionError(f"the cell did not end; it said {said!r}") from None
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                said += content["text"]
                if interrupt_at is not None and interrupt_at in said:
                    self.manager.interrupt_kernel()
                    interrupt_at = None
            elif message["msg_type"] == "error":
                said += f"{content['ename']}: {content['evalue']}"
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                return said

    def run(self, code: str) -> str:
        return self.end(self.begin(code))

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    try:
        # Three thousand names, read again and again: long enough for an interrupt wherever it lands.
        assert (
            kernel.run("import mediaorg as mo; files = [f'/in/Show {at}/S01E{at:02}.x.mkv' for at in range(30000)]")
            == ""
        )
        yield kernel
    finally:
        kernel.close()


TOLD = "print(len(labels), labels.attrs.get('stopped'), labels['label_error'].str.startswith('stopped: ').any())"
FOLLOW = "progress=lambda phase, done, total: print('at', done, flush=True) if done else None"


@pytest.mark.parametrize("call", ["await {}", "mo.run({})", "await mo.start({})", "mo.start({}).result()"])
def test_an_interrupted_cell_gives_back_all_rows_and_the_next_one_runs(kernel, call):
    cell = f"labels = {call.format(f'mo.classify(files, cache=False, {FOLLOW})')}\n{TOLD}"
    said = kernel.end(kernel.begin(cell), interrupt_at="at ")
    if call == "await mo.start({})":  # the cell is interrupted, the job is not: it goes on until it is asked itself
        assert "CancelledError" in said or "KeyboardInterrupt" in said or "30000" in said
    else:
        assert said.rstrip().endswith("30000 True True")
    assert kernel.run("print(len(mo.run(mo.classify(files[:3], progress=False))))") == "3\n"


def test_a_second_interrupt_does_not_wait(kernel):
    asked = kernel.begin(
        "import asyncio, time\nasync def deaf():\n  print('at', flush=True)\n  await asyncio.sleep(60)\nmo.run(deaf())"
    )
    said = kernel.end(asked, interrupt_at="at")
    assert "KeyboardInterrupt" in said
    assert kernel.run("print(1)") == "1\n"


CLICKED = """
import ipywidgets
from mediaorg.io import progress
job = mo.start(mo.classify(files, cache=False, progress=True))
while not [each for each in ipywidgets.Widget.widgets.values() if isinstance(each, ipywidgets.Button)]:
    assert not job.done
(button,) = [each for each in ipywidgets.Widget.widgets.values() if isinstance(each, ipywidgets.Button)]
button.click()
labels = job.result()
"""


def test_the_stop_button_of_a_job_is_a_wish_as_well(kernel):
    said = kernel.run(CLICKED.replace("files,", "files * 4,") + TOLD)
    assert said.rstrip().endswith("120000 True True")
