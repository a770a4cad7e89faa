"""The options of every command that takes motion files: what a file does not say, or says wrong."""

OPTIONS = ("joints", "unit", "up", "fps")
"""They are read_motion's, by the same names."""


def add_motion_options(command) -> None:
    """Declare the options."""
    add = command.add_argument
    add("--joints", metavar="MAP", help="JSON file that names the 13 joints, where the files' own names don't tell")
    add("--unit", type=_unit, help='the files\' unit: metres of one, or "m", "cm", "mm" or "in" (default: found)')
    add("--up", metavar="AXIS", help='the files\' axis that is up, "x" to "-z" (default: found)')
    add("--fps", type=float, help="the files' frames a second, where they say none or wrong ones")


def joined(arguments: list[str]) -> list[str]:
    """Write --up -z as --up=-z: argparse would take -z for an option."""
    made: list[str] = []
    for word in arguments:
        if made and made[-1] == "--up" and word.lower() in ("-x", "-y", "-z"):
            made[-1] = f"--up={word}"
        else:
            made.append(word)
    return made


def motion_options(args) -> dict:
    """Give the options that were taken, as read_motion's arguments."""
    return {name: getattr(args, name) for name in OPTIONS if getattr(args, name) is not None}


def _unit(text: str) -> float | str:
    """Read metres of a unit, or its name."""
    try:
        return float(text)
    except ValueError:
        return text
