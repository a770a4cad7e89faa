"""What to say where a package is missing that only an extra brings."""


class MissingExtra(ImportError, ValueError):
    """A package is missing. The command shows it as one sentence, as it does any ValueError."""


def missing(what: str, extra: str, error: ImportError, instead: str = "") -> MissingExtra:
    """Make the error for what needs a package of an extra; error: what Python said; instead: what works without it."""
    package = (error.name or "").split(".")[0] or str(error)
    line = f'{what} needs {package}; install it with: pip install "vvipe-explore[{extra}]"'
    return MissingExtra(f"{line}; {instead}." if instead else f"{line}.")
