"""The type checker that conftest.py hands to jaxtyping: beartype, with whole numbers where a float is annotated."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
