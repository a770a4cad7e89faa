"""Kill runs at random and inside writes; the same command must end with bit-identical weights, no orphan, no litter.

    python benchmarks/kills.py                 20 kills at random, 9 inside writes, alone and with --jobs 2; 10 minutes
    python benchmarks/kills.py --random 3 --inside 2

Each run trains two small methods on the synthetic sample. A kill is SIGKILL to the command; workers must end by
themselves. A write is caught between the temporary file and its move to its name. Prints a table.
"""

import argparse
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from vvipe_explore._files import WRITING, sha256

METHODS = "direct lifter;V-VIPE"
PREPARE = """
import dataclasses, os, signal, sys
from vvipe_explore.training import methods
for name, m in methods.METHODS.items():
    vae = m.vae and dataclasses.replace(m.vae, width=64, steps=150)
    methods.METHODS[name] = dataclasses.replace(m, width=64, batch=64, steps=150, vae=vae)
replace, left = os.replace, [int(os.environ.get("KILL_AT", "0"))]
def counted(source, target):
    if str(target).endswith(".safetensors"):
        left[0] -= 1
        if left[0] == 0:
            os.kill(int(os.environ["KILL_WHOM"]) or os.getpid(), signal.SIGKILL)
            signal.pause()
    replace(source, target)
os.replace = counted
"""
MAIN = "\nif __name__ == '__main__':\n    os.environ.setdefault('KILL_WHOM', str(os.getpid()))\n" + (
    "    from vvipe_explore.cli.main import main\n    sys.exit(main(sys.argv[1:]))\n"
)


def start(script: Path, out: Path, jobs: int, kill_at: int = 0) -> subprocess.Popen:
    """Start the command; kill_at: the write during which it is killed, 0 for none."""
    words = ["train", "--methods", METHODS, "--out", str(out), "--jobs", str(jobs)]
    environment = {**os.environ, "KILL_AT": str(kill_at), "OMP_NUM_THREADS": "1"}
    environment.pop("KILL_WHOM", None)
    null = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, script, *words], stdout=null, stderr=null, env=environment)


def workers_of(pid: int) -> list[int]:
    """List the process ids below one."""
    table = subprocess.run(["ps", "-ewwo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    rows = [[int(word) for word in line.split()] for line in table.splitlines()[1:]]
    return [child for child, parent in rows if parent == pid]


def orphans(pids: set[int]) -> int:
    """Count the processes that are still there after a minute at most."""
    end = time.monotonic() + 60
    while time.monotonic() < end and any(Path(f"/proc/{pid}").exists() for pid in pids):
        time.sleep(0.1)
    return sum(Path(f"/proc/{pid}").exists() for pid in pids)


def end(process: subprocess.Popen, out: Path) -> dict:
    """Rerun the command until it ends; give the hashes of all that it left."""
    process.wait()
    return {path.name: sha256(path) for path in sorted(out.iterdir())}


def killed(script: Path, out: Path, jobs: int, kills: list[tuple[str, float]]) -> tuple[int, int]:
    """Kill the command as often as kills says, then let it end; gives the kills that hit it, and the orphans."""
    hits, left = 0, 0
    for kind, when in kills:
        process = start(script, out, jobs, int(when) if kind == "inside" else 0)
        below: set[int] = set()
        stop = time.monotonic() + (when if kind == "random" else 600)
        while process.poll() is None and time.monotonic() < stop:
            below |= set(workers_of(process.pid))
            time.sleep(0.05)
        hits += process.poll() is None or process.returncode == -signal.SIGKILL
        process.kill()
        process.wait()
        left += orphans(below)
    return hits, left


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=20, help="kills at random moments (default: %(default)s)")
    parser.add_argument("--inside", type=int, default=9, help="kills inside writes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    generator = random.Random(args.seed)
    print(f"| {platform.machine()}, {os.cpu_count()} cores | kills | that hit | weights | orphans | litter |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "command.py"
        script.write_text(PREPARE + MAIN)
        for jobs in (1, 2):
            began = time.monotonic()
            whole = Path(folder) / f"whole{jobs}"
            expected = end(start(script, whole, jobs), whole)
            seconds = time.monotonic() - began
            for kind, count in (("random", args.random), ("inside", args.inside)):
                out = Path(folder) / f"{kind}{jobs}"
                when = [generator.uniform(0.2, 1) * seconds for _ in range(count)]
                kills = [(kind, when[i] if kind == "random" else 1 + i % 4) for i in range(count)]
                hits, left = killed(script, out, jobs, kills)
                got = end(start(script, out, jobs), out)
                same = "identical" if got == expected else f"differ: {sorted(got)}"
                litter = sum(name.startswith((WRITING, ".")) for name in got)
                row = f"{kind}, --jobs {jobs} | {count} | {hits} | {same} | {left} | {litter}"
                print(f"| {row} |", flush=True)
                shutil.rmtree(out)


if __name__ == "__main__":
    main()
