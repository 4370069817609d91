"""Functions that Airflow and Kubeflow Pipelines run from their source, where the repository is not installed."""

from collections.abc import Callable

import pytest

from flake8_client_pool.fixes.outcomes import FileFix

JOB = """\
from google.cloud import bigquery
from shared.clients import get_bigquery_client

rows = get_bigquery_client().query("q")


{above}def load():
    from google.cloud import bigquery
    return bigquery.Client()


{below}
"""
ELSEWHERE = {
    "virtualenv": ("@task.virtualenv(requirements=[])\n", ""),
    "external python": ("@task.external_python(python='/opt/python')\n", ""),
    "docker": ("@airflow.decorators.task.docker(image='image')\n", ""),
    "kubernetes": ("@task.kubernetes\n", ""),
    "component": ("@component\n", ""),
    "component of a module": ("@kfp.dsl.component(packages_to_install=[])\n", ""),
    "operator": ("", "run = PythonVirtualenvOperator(task_id=name('load'), python_callable=load)"),
    "operator of another interpreter": ("", "def dag():\n    ExternalPythonOperator(python_callable=load)"),
    "component of a function": ("", "def pipeline():\n    return create_component_from_func(load)()"),
}
HERE = {
    "task": ("@task\n", ""),
    "step of a pipeline": ("@beam.ptransform_fn\n", ""),
    "python operator": ("", "PythonVirtualenvOperator(python_callable=f)\nPythonOperator(python_callable=load)"),
    "another function": ("", "create_component_from_func(load_all)"),
}


@pytest.mark.parametrize(("above", "below"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_the_fix_is_unsafe(above: str, below: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"dag.py": JOB.format(above=above, below=below)})
    assert [each.reason for each in done.outcomes] == [
        "unsafe: load() is run from its source elsewhere, where shared.clients may be missing"
    ]


@pytest.mark.parametrize(("above", "below"), HERE.values(), ids=HERE)
def test_what_runs_in_its_module_is_fixed(above: str, below: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"dag.py": JOB.format(above=above, below=below)})
    assert [each.status for each in done.outcomes] == ["fixed"]


def test_the_function_imports_the_getter_itself(fix: Callable[..., FileFix]) -> None:
    done = fix({"dag.py": JOB.format(above="@task.virtualenv\n", below="")}, unsafe=True)
    assert (
        "def load():\n    from shared.clients import get_bigquery_client\n    return get_bigquery_client()"
        in done.after
    )
