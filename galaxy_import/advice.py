"""What a person can do about an import that did not succeed, by the kind of its error.

It goes beyond what the error itself says: what is told there is not told here again.
"""

KEY = "A key is stored with PUT …/galaxyservers/{id}/key/, or on the account page; then try the import again."
ADVICE = {
    "unavailable": "The server is away or too busy: try the import again later.",
    "key_refused": KEY,
    "key_unreadable": "The stored key cannot be opened any more: store it anew, and try again.",
    "not_readable": f"What its owner opens to you in Galaxy, or to everybody, can be imported. {KEY}",
    "not_found": "Open it in Galaxy and copy the address from the browser; what is no longer there cannot be imported.",
    "too_old": "Ask the server's administrators to update it; until then, export the invocation as an RO-Crate in "
    "Galaxy and import that.",
    "not_understood": "Open the address in a browser: if Galaxy is well, tell your administrator what is said here.",
    "forbidden_address": "Ask your administrator to list the server, if it is to be asked at all.",
    "not_asked": "Ask your administrator to list the server, or to enable it.",
    "not_allowed": "Have a member of the group import it, or ask an administrator to give the membership back.",
    "crate_unavailable": "Import it again without rocrate: the registry makes a crate of its own.",
    "storage": "Ask your administrator to make room in the storage, then try again.",
    "too_large": "Ask your administrator for a higher limit (GALAXY_DOWNLOAD_MAX_BYTES), or import without contents.",
}
ANY = "Try it again; if it fails once more, tell your administrator what is said here."


def what_to_do(code: str) -> str:
    """A sentence; empty where nothing went wrong."""
    return ADVICE.get(code, ANY) if code else ""
