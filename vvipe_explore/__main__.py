"""`python -m vvipe_explore` is the command `vvipe`."""

import sys

from .cli.main import main

sys.exit(main())
