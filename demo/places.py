"""Agder's 25 municipalities with their official names and numbers (in force from 1 January 2020), and what the demo
needs to know of each: how many children to make, and where people there go for what the municipality lacks.

The catchment areas are the demo's own, not the hospital's or the county's.
"""

from dataclasses import dataclass

COUNTY = "Agder"


@dataclass(frozen=True, slots=True)
class Place:
    """One municipality in the demo."""

    number: str
    name: str
    children: int
    """How many synthetic children the demo makes here."""
    leans_on: str
    """The municipality whose dental clinic or substance use service people here use when there is none of their own."""
    hospital: str
    """Key of the nearest paediatric department: `barneavdelingen` (Arendal) or `barneavdelingen_kristiansand`."""
    camhs: str
    """Key of the nearest outpatient clinic of child and adolescent mental health."""
    fact: str
    """Key of the nearest FACT Ung team; S0 names the three in Kristiansand, Lindesnes and Arendal."""


EAST = ("barneavdelingen", "abup", "fact_arendal")
SOUTH = ("barneavdelingen_kristiansand", "abup_kristiansand", "fact_kristiansand")
MID = ("barneavdelingen_kristiansand", "abup_kristiansand", "fact_lindesnes")
WEST = ("barneavdelingen_kristiansand", "abup_lister", "fact_lindesnes")

PLACES: tuple[Place, ...] = (
    Place("4201", "Risør", 12, "4203", *EAST),
    Place("4202", "Grimstad", 45, "4203", *EAST),
    Place("4203", "Arendal", 50, "4203", *EAST),
    Place("4204", "Kristiansand", 80, "4204", *SOUTH),
    Place("4205", "Lindesnes", 28, "4204", *MID),
    Place("4206", "Farsund", 14, "4225", *WEST),
    Place("4207", "Flekkefjord", 13, "4225", *WEST),
    Place("4211", "Gjerstad", 6, "4201", *EAST),
    Place("4212", "Vegårshei", 5, "4213", *EAST),
    Place("4213", "Tvedestrand", 12, "4203", *EAST),
    Place("4214", "Froland", 11, "4203", *EAST),
    Place("4215", "Lillesand", 20, "4204", *SOUTH),
    Place("4216", "Birkenes", 9, "4215", *SOUTH),
    Place("4217", "Åmli", 5, "4214", *EAST),
    Place("4218", "Iveland", 4, "4223", *SOUTH),
    Place("4219", "Evje og Hornnes", 8, "4223", *SOUTH),
    Place("4220", "Bygland", 4, "4219", *SOUTH),
    Place("4221", "Valle", 3, "4219", *SOUTH),
    Place("4222", "Bykle", 3, "4219", *SOUTH),
    Place("4223", "Vennesla", 24, "4204", *SOUTH),
    Place("4224", "Åseral", 3, "4225", *MID),
    Place("4225", "Lyngdal", 16, "4225", *WEST),
    Place("4226", "Hægebostad", 5, "4225", *WEST),
    Place("4227", "Kvinesdal", 11, "4225", *WEST),
    Place("4228", "Sirdal", 5, "4227", *WEST),
)
BY_NUMBER = {place.number: place for place in PLACES}


def get(number: str) -> Place:
    """One municipality by its number."""
    return BY_NUMBER[number]
