"""The addresses of what can be done with every kind of record."""

from web.records import remarks, sharing, trash
from web.records.kinds import KINDS, doors

SHARED = [kind for kind in KINDS.values() if kind.has_shares]

urlpatterns = [
    *doors("share", sharing.share_page, "share/", SHARED),
    *doors("publish", sharing.publish, "share/public/", SHARED),
    *doors("unshare", sharing.unshare, "share/<uuid:share_id>/remove/", SHARED),
    *doors("into-trash", trash.delete, "delete/"),
    *doors("out-of-trash", trash.restore, "restore/"),
    *doors("note", remarks.add_note, "notes/"),
    *doors("change-note", remarks.change_note, "notes/<uuid:note_id>/"),
    *doors("annotate", remarks.annotate, "annotations/"),
    *doors("remove-annotation", remarks.remove_annotation, "annotations/<uuid:annotation_id>/remove/"),
]
