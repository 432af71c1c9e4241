"""What a person can do about an import that did not succeed, by the kind of its error."""

OWN_KEY = "Store your key for this server (PUT …/galaxyservers/{id}/key/, or the account page)"
ADVICE = {
    "unavailable": "The server is away or too busy: try the import again later.",
    "key_refused": "The server does not know the key any more: make a new one in Galaxy (User, Preferences, Manage "
    "API key), store it here, and try again.",
    "key_unreadable": "The stored key cannot be opened any more: store it anew, and try again.",
    "not_readable": f"{OWN_KEY}, or have the history shared with you in Galaxy, and try again.",
    "not_found": "Look whether the address is right, and whether the invocation is still there: open it in Galaxy.",
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
