"""`vvipe notebooks`: copy the notebooks that come with the package, and the results they show, to a folder."""

import argparse
from pathlib import Path

from .._files import atomic_path

HELP = "copy the notebooks to a folder"
KINDS = (".ipynb", ".json", ".png")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's argument and what runs it."""
    command.set_defaults(run=run)
    command.add_argument("folder", nargs="?", default="notebooks", help="folder to write to (default: %(default)s)")


def run(args: argparse.Namespace) -> None:
    """Copy the notebooks. Raises ValueError, and writes nothing, if a file of the folder is not as it came."""
    folder = Path(args.folder)
    contents = {folder / name: content for name, content in _contents().items()}
    changed = [path for path, content in contents.items() if path.exists() and not _holds(path, content)]
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"expected a folder, got the file {folder}; give another name.")
    if changed:
        others = f" and {len(changed) - 1} others" if len(changed) > 1 else ""
        raise ValueError(
            f"expected no files of yours in the way, got {changed[0]}{others}, which differ from what would be "
            "written; move them, or give another folder: vvipe notebooks FOLDER."
        )
    (folder / "results").mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        with atomic_path(path) as temporary:
            Path(temporary).write_bytes(content)
    count = sum(path.suffix == ".ipynb" for path in contents)
    print(f'{count} notebooks are in {folder}; open them with: jupyter lab {folder} (pip install "vvipe-explore[lab]")')


def _contents() -> dict[str, bytes]:
    """Give each file's content by its path in the folder. The notebooks read results/ beside them, not above them."""
    package = Path(__file__).parents[1]
    found = {}
    for name in ("notebooks", "results"):
        source = package / name if (package / name).exists() else package.parent / name  # the latter in a checkout
        for path in sorted(path for path in source.iterdir() if path.suffix in KINDS):
            inside = path.name if name == "notebooks" else f"{name}/{path.name}"
            found[inside] = path.read_bytes()
            if name == "notebooks":
                found[inside] = found[inside].replace(b"../results/", b"results/")
    return found


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
