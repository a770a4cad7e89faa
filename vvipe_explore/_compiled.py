"""Compile functions with numba, and keep the machine code between processes where a folder can be written to.

Import this module only where it is used: numba takes longer to import than the rest of the package.
"""

import numba


def compiled(**settings):
    """Compile a function without the interpreter's lock; settings: of numba.njit, such as fastmath.

    The machine code is kept beside the source, or else in the user's cache folder. Where neither can be written to,
    numba refuses to keep it, and each process compiles anew.
    """

    def decorate(function):
        try:
            return numba.njit(cache=True, nogil=True, **settings)(function)
        except RuntimeError:  # "no locator available": no folder for the cache
            return numba.njit(nogil=True, **settings)(function)

    return decorate
