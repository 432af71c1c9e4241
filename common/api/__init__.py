"""The manners of the API: errors, pages, filters, preconditions and rights are the same at every address."""
