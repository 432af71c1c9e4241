"""The addresses of the trash."""

from django.urls import path

from web.trash import views

urlpatterns = [
    path("trash/", views.trash, name="trash"),
    path("trash/restore/", views.restore, name="restore"),
]
