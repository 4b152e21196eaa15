from django.db import migrations


def fold_names(apps, _schema_editor):
    """Who was here before names were folded sorts and is found like everybody else."""
    from people.names import folded, search_text

    employees = apps.get_model("people", "Employee").objects
    changed = []
    for employee in employees.all().iterator():
        employee.sort_key = folded(employee.name)[:200]
        employee.search_text = search_text(employee.number, employee.name, employee.email)
        changed.append(employee)
    employees.bulk_update(changed, ["sort_key", "search_text"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_accounts_log_and_notices")]

    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop)]
