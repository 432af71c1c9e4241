"""The whole API and site on one page."""

urlpatterns: list = []
