"""What a person can do about an import that did not succeed, by the kind of its error, whatever the source is.

It goes beyond what the error itself says: what is told there is not told here again.
"""

STORE = "Credentials are stored for the server on the account page, or in the API; then try the import again."
ADVICE = {
    "unavailable": "The server is away or too busy: try the import again later.",
    "source_unavailable": "Ask your administrator to install what the source needs.",
    "key_refused": STORE,
    "key_unreadable": "What is stored cannot be opened any more: store it anew, and try again.",
    "certificate_refused": "Store the certificate of the server's authority anew, as its administrators give it.",
    "not_as_promised": "Look at the file at its source: it is not what is told of it there.",
    "not_readable": f"What its owner opens to you there can be imported. {STORE}",
    "not_found": "Open it at its source and copy the address anew; what is no longer there cannot be imported.",
    "too_old": "Ask the server's administrators to update it.",
    "not_understood": "Open it in a browser: if the server is well, tell your administrator what is said here.",
    "forbidden_address": "Ask your administrator to list the server, if it is to be asked at all.",
    "not_asked": "Ask your administrator to list the server, or to enable it.",
    "not_allowed": "Have a member of the group import it, or ask an administrator to give the membership back.",
    "storage": "Ask your administrator to make room in the storage, then try again.",
    "too_large": "Ask your administrator for a higher limit (RUN_DOWNLOAD_MAX_BYTES), or import without contents.",
}
ANY = "Try it again; if it fails once more, tell your administrator what is said here."


def what_to_do(code: str) -> str:
    """A sentence; empty where nothing went wrong."""
    return ADVICE.get(code, ANY) if code else ""
