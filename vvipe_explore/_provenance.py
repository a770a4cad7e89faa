"""Where a figure comes from: when, by which version and commit of this package, on what machine."""

import datetime
import json
import platform
import subprocess
from importlib import metadata
from pathlib import Path

from . import __version__

ROOT = Path(__file__).parents[1]


def provenance() -> dict[str, str]:
    """Say when, at which version and commit of this package and on what machine a figure was made."""
    import torch

    threads = torch.get_num_threads()
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "commit": commit(),
        "machine": f"{platform.machine()}, {threads} thread{'s' * (threads > 1)}, torch {torch.__version__}",
    }


def commit(root: Path = ROOT) -> str:
    """Give the package's own commit: of its checkout, or as pip noted it; "not a checkout" where neither is known.

    A repository that only holds the environment in which the package is installed does not count.
    """
    if (root / "pyproject.toml").is_file() and _git(root, "rev-parse", "--show-toplevel") == str(root.resolve()):
        made = (":!results", ":!*.md")  # what make results writes is no change of the code
        changed = "+changes" if _git(root, "status", "--porcelain", "--untracked-files=no", "--", ".", *made) else ""
        return _git(root, "rev-parse", "--short", "HEAD") + changed
    return _noted_by_pip() or "not a checkout"


def _git(root: Path, *words: str) -> str:
    """Give what git prints, or nothing where there is no git or no repository."""
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, cwd=root, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _noted_by_pip() -> str:
    try:
        noted = metadata.distribution("vvipe-explore").read_text("direct_url.json")
        return json.loads(noted or "{}").get("vcs_info", {}).get("commit_id", "")[:7]
    except (metadata.PackageNotFoundError, ValueError):
        return ""
