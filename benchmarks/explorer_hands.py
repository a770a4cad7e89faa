"""Use the explorer's page at random for a while: does it err, does it grow, and does it rest when left alone?

    python benchmarks/explorer_hands.py [--seconds 300] [--seed 0] [page.html]         (needs Chromium)

Keys, mouse, fingers, wheel, undo, search, marks and play, each at a random place. The page's heap after a garbage
collection, its nodes and its listeners are counted every tenth of the time: undo keeps 200 acts, so the heap may grow
in the first tenths. At the end the page is left alone, and the frames that it asks for are counted.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from vvipe_explore import load_pretrained
from vvipe_explore._page import export
from vvipe_explore.evaluation.markdown import markdown_table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser.lab import chromium, find_chromium, listen

COUNT_FRAMES = """window.frames_asked = 0;
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (f) => { window.frames_asked++; return ask(f); };"""
KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "Home", "Tab", "Tab", "Enter", " ", "Escape", "+",
        "-", "0", "a", "b", "x", "j", "J", "p", "Control+z", "Control+y", "?"]  # fmt: skip
WORDS = ["kick", "squat", "walk", "wave", "no such pose"]
IDLE = 5  # seconds


def place(page, rng: random.Random) -> tuple[float, float]:
    """Give a random place of the window."""
    size = page.viewport_size
    return rng.uniform(2, size["width"] - 2), rng.uniform(2, size["height"] - 2)


def touch(page, client, rng: random.Random) -> None:
    """Put one or two fingers down, move them, lift them."""
    ends = [place(page, rng) for _ in range(2)]
    fingers = rng.choice([1, 1, 2])

    def send(kind: str, share: float) -> None:
        (x, y), (u, v) = ends
        at = (x + share * (u - x), y + share * (v - y))
        points = [{"x": at[0] + 40 * k, "y": at[1], "id": k} for k in range(fingers)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if kind != "touchEnd" else []})

    send("touchStart", 0)
    for k in range(1, 6):
        send("touchMove", k / 5)
    send("touchEnd", 1)


def drag(page, rng: random.Random) -> None:
    """Press the mouse, move it, let it go."""
    page.mouse.move(*place(page, rng))
    page.mouse.down(button=rng.choice(["left", "left", "left", "right"]))
    page.mouse.move(*place(page, rng), steps=6)
    page.mouse.up(button="left")
    page.mouse.up(button="right")


def wheel(page, rng: random.Random) -> None:
    """Turn the wheel over a random place."""
    page.mouse.move(*place(page, rng), steps=2)
    page.mouse.wheel(0, rng.uniform(-400, 400))


def search(page, rng: random.Random) -> None:
    """Search for a pose, or for none."""
    box = page.locator("input[type=search]")
    page.keyboard.press("Escape")  # closes help
    box.fill(rng.choice(WORDS))
    box.press("Enter")
    page.locator("canvas.stage").focus()


def act(page, client, rng: random.Random) -> None:
    """Do one thing with a hand."""
    kind = rng.choice(["key", "key", "key", "click", "drag", "drag", "touch", "touch", "wheel", "search"])
    if kind == "key":
        key = rng.choice(KEYS)
        for _ in range(rng.choice([1, 1, 4])):
            page.keyboard.press(key)
    elif kind == "click":
        page.mouse.click(*place(page, rng))
    elif kind == "touch":
        touch(page, client, rng)
    else:
        {"drag": drag, "wheel": wheel, "search": search}[kind](page, rng)


def counted(client) -> list[float]:
    """Collect garbage, and give the heap in MB, the nodes and the listeners."""
    for _ in range(2):
        client.send("HeapProfiler.collectGarbage")
    counts = client.send("Memory.getDOMCounters")
    heap = client.send("Runtime.getHeapUsage")
    size = heap["usedSize"] + heap.get("backingStorageSize", 0)
    return [size / 1e6, counts["nodes"], counts["jsEventListeners"]]


def use(browser, file: Path, seconds: float, seed: int) -> tuple[list[list], list[str], int, int]:
    """Use the page; gives what was counted at each tenth, the errors, the number of acts and the frames when idle."""
    rng = random.Random(seed)
    with browser.new_context(viewport={"width": 1280, "height": 720}, has_touch=True) as context:
        context.add_init_script(COUNT_FRAMES)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("filechooser", lambda _: None)
        errors, acts, lines = listen(page), 0, []
        page.goto(file.as_uri())
        page.locator("canvas.stage").wait_for()
        client = context.new_cdp_session(page)
        begin = time.monotonic()
        lines.append([0, 0, *counted(client)])
        for tenth in range(1, 11):
            while time.monotonic() < begin + tenth * seconds / 10:
                act(page, client, rng)
                acts += 1
            lines.append([round(tenth * seconds / 10), acts, *counted(client)])
        page.keyboard.press("Escape")
        page.mouse.move(2, 2)
        for _ in range(10):  # the camera's curve is computed while nothing moves; a busy machine takes its time
            frames = asked(page, 2)
            if not frames:
                break
        return lines, errors, acts, frames or asked(page, IDLE)


def asked(page, seconds: float) -> int:
    """Count the frames that the page asks for in some seconds."""
    before = page.evaluate("window.frames_asked")
    page.wait_for_timeout(1000 * seconds)
    return page.evaluate("window.frames_asked") - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", nargs="?", type=Path, help="a saved page (default: one of the shipped weights)")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if find_chromium() is None:
        sys.exit("expected Chromium, found none; install it or set VVIPE_CHROMIUM to its path.")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        file = args.page or export(Path(folder) / "explorer.html", load_pretrained("exact"))
        lines, errors, acts, frames = use(browser, file.resolve(), args.seconds, args.seed)
    head = ["seconds", "acts", "heap, MB", "nodes", "listeners"]
    print(markdown_table(head, [[str(s), str(n), f"{heap:.1f}", str(a), str(b)] for s, n, heap, a, b in lines]))
    print(f"\n{acts} acts, {len(errors)} errors; left alone, it asked for {frames} frames in {IDLE} s")
    for error in sorted(set(errors)):
        print(error)


if __name__ == "__main__":
    main()
