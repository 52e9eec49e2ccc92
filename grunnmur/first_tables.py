"""How the first migration of an app makes its tables: all at once, as they are when the whole migration is done.

Django builds its models anew for each step of a migration, with everything that they point at. Nearly all of ours
point at a service and a person, and so at one another: that took most of the time of a first installation.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

STEPS = (migrations.CreateModel, migrations.AddField, migrations.AddIndex, migrations.AddConstraint)


class FirstTables(migrations.Migration):
    """The first migration of an app. What a later step adds to a table is in it from the beginning.

    Raises TypeError for a step of another kind: that belongs in a migration of its own.
    """

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """Make the tables; gives the state with their models."""
        project_state.__dict__.pop("apps", None)  # so that the models are built once, after the last step
        for step in self.operations:
            if not isinstance(step, STEPS):
                raise TypeError(f"{self}: a first migration makes tables, and {step.describe()!r} is another thing.")
            step.state_forwards(self.app_label, project_state)
        for step in self.operations:
            if isinstance(step, migrations.CreateModel):
                step.database_forwards(self.app_label, schema_editor, project_state, project_state)
        return project_state
