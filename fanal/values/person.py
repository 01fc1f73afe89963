"""Who acts, by the name that is written: the second person of an approval is another one."""


def key(name: str) -> str:
    """The name, case and spaces aside: « Marie  Tremblay » is « marie tremblay ». The database compares so too."""
    return "".join(name.split()).casefold()
