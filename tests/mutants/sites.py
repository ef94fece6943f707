"""The places where a module can be broken, and what each becomes.

Left alone: texts for people (a string with a blank in it), docstrings, annotations, decorators, `__repr__` and
`__main__`: what a person reads is checked by its own tests, and the others are not behaviour.
"""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SKIPPED = {"annotation", "returns", "decorator_list", "type_params"}
_NAMES_ONLY = {"TypeVar", "cast", "Literal", "NewType"}


@dataclass(frozen=True)
class Place:
    """A place in a tree: what stands there can be read, and replaced."""

    parent: ast.AST
    name: str
    number: int

    @property
    def node(self) -> Any:
        return _child(self.parent, self.name, self.number)

    def put(self, new: ast.AST) -> None:
        """Replace what stands there."""
        if self.number < 0:
            setattr(self.parent, self.name, new)
        else:
            getattr(self.parent, self.name)[self.number] = new


Change = Callable[[Place], None]


@dataclass(frozen=True)
class Site:
    """One mutant: its id (module, function, what, which of these there), where it is, and how it comes about.

    `steps` lead from the module to the node; `function` is the first line of the innermost function, 0 outside any.
    """

    id: str
    path: Path
    line: int
    function: int
    steps: tuple[tuple[str, int], ...] = field(repr=False)
    change: Change = field(repr=False)

    def mutated(self) -> ast.Module:
        """The module with this one change."""
        tree = ast.parse(self.path.read_text())
        node: ast.AST = tree
        for name, place in self.steps[:-1]:
            node = _child(node, name, place)
        self.change(Place(node, *self.steps[-1]))
        return ast.fix_missing_locations(tree)


def _child(node: ast.AST, name: str, place: int) -> ast.AST:
    value = getattr(node, name)
    child: ast.AST = value if place < 0 else value[place]
    return child


def sites(path: Path, root: Path) -> list[Site]:
    """Every mutant of a module, in the order of the text."""
    module = path.relative_to(root / "chalicelib").with_suffix("").as_posix()
    seen: Counter[str] = Counter()
    found: list[Site] = []
    for where in _walk(ast.parse(path.read_text()), (), "", 0):
        for what, change in _changes(where.node, where.parent):
            name = f"{module}:{where.name or '-'} {what}"
            seen[name] += 1
            line = getattr(where.node, "lineno", getattr(where.parent, "lineno", 0))
            found.append(Site(f"{name} #{seen[name]}", path, line, where.function, where.steps, change))
    return found


@dataclass(frozen=True)
class _Where:
    node: ast.AST
    parent: ast.AST
    steps: tuple[tuple[str, int], ...]
    name: str
    function: int


def _walk(node: ast.AST, steps: tuple[tuple[str, int], ...], name: str, function: int) -> Iterator[_Where]:
    for field_, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for place, child in enumerate(children):
            if not isinstance(child, ast.AST) or field_ in _SKIPPED or _is_left_alone(node, child):
                continue
            below = (*steps, (field_, place if isinstance(value, list) else -1))
            inner, line = name, function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{name}.{child.name}" if name else child.name
            if isinstance(child, ast.FunctionDef):
                line = min([child.lineno, *(one.lineno for one in child.decorator_list)])
            yield _Where(child, node, below, inner, line)
            yield from _walk(child, below, inner, line)


def _is_left_alone(parent: ast.AST, child: ast.AST) -> bool:
    """Docstrings and other bare constants, `__repr__`, `if __name__`, `__all__`, and names for the type checker."""
    if isinstance(child, ast.FunctionDef):
        return child.name == "__repr__"
    if isinstance(child, ast.Expr):
        return isinstance(child.value, ast.Constant)
    if isinstance(child, ast.If | ast.Assign):
        return "__name__" in ast.dump(child.test) if isinstance(child, ast.If) else "__all__" in ast.dump(child)
    called = child.func if isinstance(child, ast.Call) else child.value if isinstance(child, ast.Subscript) else None
    return isinstance(parent, ast.JoinedStr | ast.FormattedValue) or getattr(called, "id", "") in _NAMES_ONLY


def _changes(node: ast.AST, parent: ast.AST) -> Iterator[tuple[str, Change]]:
    if type(node) in _SWAPS:
        new = _SWAPS[type(node)]
        yield f"{type(node).__name__} -> {new.__name__}", lambda at: at.put(new())
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", lambda at: at.put(at.node.operand)
    elif isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield f"{type(node).__name__} negated", lambda at: _negate(at.node)
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield "filter dropped", lambda at: at.node.ifs.clear()
    else:
        yield from _statements(node, parent)


def _constants(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    value, new = node.value, None
    if isinstance(value, bool):
        new = ast.Constant(not value)
    elif isinstance(value, int | float):
        new = ast.Constant(value + 1)
    elif isinstance(value, str) and not any(sign.isspace() for sign in value):
        new = ast.Constant(value + "X")
    elif isinstance(value, bytes):
        new = ast.Constant(value + b"X")
    if new is not None:
        yield f"{value!r} -> {new.value!r}", lambda at: at.put(copy.copy(new))


def _statements(node: ast.AST, parent: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "return None", lambda at: at.put(ast.Return(ast.Constant(None)))
    elif isinstance(node, ast.Raise | ast.Expr) and not isinstance(parent, ast.Lambda):
        yield f"{type(node).__name__} dropped", lambda at: at.put(ast.Pass())
    elif isinstance(node, ast.Break | ast.Continue):
        new = ast.Continue if isinstance(node, ast.Break) else ast.Break
        yield f"{type(node).__name__} swapped", lambda at: at.put(new())


def _negate(node: ast.If | ast.IfExp | ast.While) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)
