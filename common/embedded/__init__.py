"""The whole product on one machine by one command: the processes of `manage.py up`.

Nothing here knows the database or the web framework: these modules start, watch and end programs.
"""
