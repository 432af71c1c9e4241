"""The addresses of signing in, the account and the groups."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from web.moved import moved
from web.people import account, api_guide, groups, members, preferences, servers, session, tokens

urlpatterns = [
    path("sign-in/", session.SignInView.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("theme/", session.choose_theme, name="theme"),
    path("account/", account.account_page, name="account"),
    path("account/password/", account.password_page, name="change-password"),
    path("account/preferences/", preferences.preferences_page, name="preferences"),
    path("account/tokens/", tokens.tokens_page, name="tokens"),
    path("account/tokens/<uuid:token_id>/revoke/", tokens.revoke_token, name="revoke-token"),
    path("account/servers/", servers.servers_page, name="servers"),
    path("account/servers/<uuid:server_id>/", servers.credentials, name="credentials"),
    path("account/galaxy/", moved("web:servers"), name="galaxy-keys"),
    path("api-guide/", api_guide.api_guide, name="api-guide"),
    path("groups/", groups.group_list, name="group-list"),
    path("groups/<uuid:group_id>/", groups.group_page, name="group"),
    path("groups/<uuid:group_id>/members/", members.add, name="add-member"),
    path("groups/<uuid:group_id>/members/<uuid:user_id>/", members.change, name="change-member"),
    path("groups/<uuid:group_id>/people/", members.found_people, name="group-people"),
]
