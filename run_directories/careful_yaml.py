"""What YAML of strangers may do to who reads it, found before it is read."""

import yaml

DEEPEST = 50


def refusal_of(raw: bytes | str) -> str:
    """Why a text must not be loaded, as a sentence; "" if it may. YAMLError, ValueError for what is no YAML.

    A few aliases, each naming the one before ten times, would fill any memory. Brackets within brackets take a time
    that grows with the square of their depth, and a text is read no further than to where it is too deep.
    """
    depth = 0
    for event in yaml.parse(raw, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            return "It holds an alias (*name); write out what it stands for."
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            return f"Its values lie more than {DEEPEST} levels deep."
    return ""
