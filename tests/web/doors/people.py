"""How the pages of web/people answer."""

PAGES: dict[str, tuple[str, int]] = {
    "account/": ("GET", 200),
    "account/galaxy/": ("GET", 302),
    "account/servers/": ("GET", 200),
    "account/servers/<uuid:server_id>/": ("POST", 400),
    "account/password/": ("POST", 400),
    "account/preferences/": ("GET", 200),
    "account/tokens/": ("POST", 400),
    "account/tokens/<uuid:token_id>/revoke/": ("POST", 404),
    "api-guide/": ("GET", 200),
    "groups/": ("GET", 200),
    "groups/<uuid:group_id>/": ("GET", 404),
    "groups/<uuid:group_id>/members/": ("POST", 404),
    "groups/<uuid:group_id>/members/<uuid:user_id>/": ("POST", 404),
    "groups/<uuid:group_id>/people/": ("GET", 404),
    "sign-out/": ("POST", 302),
}
