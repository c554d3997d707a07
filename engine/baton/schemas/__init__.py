"""JSON Schemas for the variables that come in: at a start, with the result of a worker, from a person."""

from baton.schemas.checking import list_faults as list_faults
from baton.schemas.checking import list_faults_by_name as list_faults_by_name
from baton.schemas.reading import PROPERTY as PROPERTY
from baton.schemas.reading import list_mistakes as list_mistakes
