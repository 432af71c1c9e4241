"""The product's addresses, and the floor's below ``/floor/``."""

from django.urls import path

from benchmarks.floor import views
from config.urls import urlpatterns as product

urlpatterns = [
    path("floor/runs/", views.runs),
    path("floor/runs/<uuid:pk>/", views.run),
    path("floor/unchanged/", views.unchanged),
    path("floor/register/", views.register),
    *product,
]
