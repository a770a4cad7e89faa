"""The command `vvipe`."""
