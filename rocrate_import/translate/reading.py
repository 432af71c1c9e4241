"""What all parts of the reading of one crate share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rocrate_import.translate.graph import ROOT, Entity, Graph
from rocrate_import.translate.remarks import Remarks
from rocrate_packages.names import Finder

NAME, KEY, LONG = 255, 255, 500  # characters that the registry holds


@dataclass(slots=True)
class Reading:
    """A crate while it is read.

    ``names`` maps the entries of the package to their sizes, ``read_text`` gives the beginning of one, so many
    characters at most. ``root`` describes the crate, ``main`` its main workflow, if it has one. ``is_ours`` says
    that this registry's own builder wrote it: then the order of the document is that of the record.
    """

    graph: Graph
    names: Mapping[str, int]
    read_text: Callable[[str, int], str]
    remarks: Remarks
    find: Finder
    root: Entity
    descriptor: Entity
    main: Entity | None = None
    is_ours: bool = False

    def name(self, text: str, entity: str, what: str = "name") -> str:
        """A name that the registry can hold."""
        return self.remarks.cut(text, NAME, entity, what)

    @property
    def root_id(self) -> str:
        """The ``@id`` of the crate itself."""
        return str(self.root.get("@id", ROOT))
