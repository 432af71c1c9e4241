"""The kinds of annotations that there are."""

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import mixins, viewsets

from common.api.filters import RegistryFilterSet
from common.api.remarks import AnnotationTypeSerializer
from common.api.viewsets import ListMixin
from common.models import AnnotationType


class AnnotationTypeFilterSet(RegistryFilterSet):
    """By name."""

    name = filters.CharFilter(lookup_expr="icontains")
    search = filters.CharFilter(field_name="name", lookup_expr="icontains")

    class Meta:
        model = AnnotationType
        fields: ClassVar[Any] = ()


class AnnotationTypeViewSet(ListMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What can be stated about records; administrators make new ones in the admin pages."""

    queryset = AnnotationType.objects.all()
    serializer_class = AnnotationTypeSerializer
    filterset_class = AnnotationTypeFilterSet
    lookup_value_converter = "uuid"
    orderings = {"name": "name"}
    default_ordering = "name"
