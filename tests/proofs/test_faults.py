"""What somebody who writes sees while the database is away."""

from http import HTTPStatus

import pytest

from tests.proofs import faults
from tests.stories.walker import Walker

TEXT = "Moren forteller at Anna sover lite, og <mye> annet."


@pytest.mark.slow
def test_while_the_database_is_away_a_plain_page_keeps_what_was_typed() -> None:
    with faults.staged() as stage:
        kari = Walker(stage.url, "kari")
        kari.be()
        kari.open(f"{stage.case}samtale/")
        form = kari.page.form("Lagre samtalen")
        form.fill({"Hvem snakket dere med?": "Foreldre", "Når?": "01.11.2026", "Hva kom fram?": TEXT})

        stage.database.stop()
        answer = kari.send(form.address, form.data)
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert answer.title == "Prøv igjen om litt"
        assert "Det du skrev, er tatt vare på i denne siden." in answer.text
        again = answer.form("Prøv igjen")
        assert again.address == form.address
        kept = {name: values for name, values in again.data.items() if name != "csrfmiddlewaretoken"}
        assert kept == {name: values for name, values in form.data.items() if name != "csrfmiddlewaretoken"}

        page = kari.look("/")
        assert page.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert "Ingenting er gått tapt." in page.text

        stage.database.start()
        assert kari.send(again.address, again.data).status == HTTPStatus.OK
        kari.sees("Samtalen er lagret.", TEXT)
        kari.send(again.address, again.data)  # and once more, as one who is not sure does
        kari.open(f"{stage.case}grunnlag/")
        assert kari.text().count(TEXT) == 1
        kari.close()
