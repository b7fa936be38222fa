"""The conditions of a rule pack, found in the text of its YAML and cut as the grammar of lib/rule/parse.c cuts them.

expressions(text) gives every condition with its place in the text; mutants(text, e) every way to leave out one clause of it or to
move one bound by one. A mutant is the text of a whole pack, so what is changed is what a user could have written.
"""
import collections
import datetime
import re

Expression = collections.namedtuple('Expression', 'owner name start end')   # owner: rule, term, or the section of the pack
Mutant = collections.namedtuple('Mutant', 'owner name what text')
Node = collections.namedtuple('Node', 'kind start end parts')

ROW_CONDITIONS = 'home gone death head register_head collective rural urban split active exited'.split()


# --- the text of the pack --------------------------------------------------------------------

def value_span(text, start):
    """(start, end) of the scalar that begins at start: quoted, folded over the next lines, or the rest of the line"""
    line_end = text.index('\n', start)
    if text[start] == '"':
        return start + 1, text.index('"', start + 1)
    if not text.startswith('>-', start):
        return start, line_end
    first = re.compile(r'\n( +)').match(text, line_end)
    end = line_end
    while text.startswith(first[1], end + 1):
        end = text.index('\n', end + 1)
    return line_end + 1 + len(first[1]), end


def flow_span(text, start):
    """the same inside {…}: quoted, or to the closing brace"""
    if text[start] == '"':
        return value_span(text, start)
    return start, text.index('}', start)


def expressions(text):
    """every condition of terms, people and rules, in the order of the text"""
    found, owner, part, at = [], '', '', 0
    for line in text.splitlines(True):
        m = re.match(r'(\w+):', line)
        section = m[1] if m else None
        part = section or part
        if part == 'terms':
            owner, found = term_line(text, line, at, owner, found)
        elif part == 'people':
            m = re.match(r'  (\w+): (?=.)', line)
            if m and m[1] in ROW_CONDITIONS:
                found.append(Expression('people', m[1], *value_span(text, at + m.end())))
        elif part == 'rules':
            owner, found = rule_line(text, line, at, owner, found)
        at += len(line)
    return found


def term_line(text, line, at, owner, found):
    m = re.match(r'  (\w+):', line)
    owner = m[1] if m else owner
    m = re.match(r'  \w+: \{on: \w+, is: ', line)
    if m:
        found.append(Expression(owner, 'is', *flow_span(text, at + m.end())))
    m = re.match(r'    is: ', line)
    if m:
        found.append(Expression(owner, 'is', *value_span(text, at + m.end())))
    return owner, found


def rule_line(text, line, at, owner, found):
    m = re.match(r'  - code: (\w+)', line)
    owner = m[1] if m else owner
    for pattern, span in ((r'    (when|evidence|core): ', value_span), (r'      - (\w+): ', value_span),
                          (r'      - \{nature: (\w+), rows: ', flow_span), (r'    doubt: &\w+ \{nature: (\w+), when: ', flow_span)):
        m = re.match(pattern, line)
        if m and line[m.end():].strip() not in ('always', 'never', 'otherwise'):
            found.append(Expression(owner, m[1], *span(text, at + m.end())))
    return owner, found


def parameters(text):
    """(name, start, end) of every number and day under parameters"""
    part = text[text.index('\nparameters:'):text.index('\nterms:')]
    base = text.index('\nparameters:')
    for m in re.finditer(r'\n  (\w+): \{value: ([0-9-]+)', part):
        yield m[1], base + m.start(2), base + m.end(2)
    years = part.index('by_year:')
    for m in re.finditer(r'([0-9]{4}): ([0-9]+)', part[years:]):
        yield 'poverty_line ' + m[1], base + years + m.start(2), base + years + m.end(2)


# --- the grammar -----------------------------------------------------------------------------

TOKEN = re.compile(r"\s*(?:(?P<date>\d{4}-\d\d-\d\d)|(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*')|(?P<name>[^\W\d]\w*)"
                   r"|(?P<sign><=|>=|!=|\.\.|[()\[\],.=<>+\-*]))")


class Parser:
    def __init__(self, text, start, end):
        self.tokens, at = [], start
        while text[at:end].strip():
            m = TOKEN.match(text, at, end)
            self.tokens.append((m.lastgroup, m[m.lastgroup], m.start(m.lastgroup), m.end(m.lastgroup)))
            at = m.end()
        self.tokens.append(('end', '', end, end))
        self.i = 0

    def peek(self):
        return self.tokens[self.i][1] if self.tokens[self.i][0] in ('name', 'sign') else None

    def take(self):
        self.i += 1
        return self.tokens[self.i - 1]

    def close(self, kind, parts):
        return Node(kind, parts[0].start, self.tokens[self.i - 1][3], parts)

    def chain(self, words, kind, operand):
        parts, used = [operand()], []
        while self.peek() in words:
            used.append(self.take()[1])
            parts.append(operand())
        if not used:
            return parts[0]
        return self.close(kind if set(used) <= {words[0]} else 'difference', parts)

    def either(self):
        return self.chain(('or',), 'or', lambda: self.chain(('and',), 'and', self.negated))

    def negated(self):
        if self.peek() != 'not':
            return self.test()
        start = self.take()[2]
        inner = self.negated()
        return Node('not', start, inner.end, [inner])

    def test(self):
        left = self.sum()
        sign = self.peek()
        if sign in ('=', '!=', '<', '<=', '>', '>='):
            token = self.take()
            return self.close('compare', [left, Node(sign, token[2], token[3], []), self.sum()])
        if sign == 'in':
            self.take()
            if self.peek() == '(':
                self.take()
                return self.close('in', [left, self.items()])
            low = self.sum()
            self.take()
            return self.close('range', [left, low, self.sum()])
        if sign == 'is':
            self.take()
            if self.peek() == 'not':
                self.take()
            self.take()
            return self.close('is', [left])
        return left

    def sum(self):
        return self.chain(('+', '-'), 'sum', lambda: self.chain(('*',), 'product', self.item))

    def items(self):
        """values up to the bracket, which has been opened"""
        parts = [self.either()]
        while self.peek() == ',':
            self.take()
            parts.append(self.either())
        node = self.close('items', parts)
        self.take()
        return node

    def item(self):
        node = self.atom()
        while self.peek() in ('.', '[', 'as'):
            token = self.take()
            if token[1] == '[':
                inner = self.either()
                end = self.take()[3]
                node = Node('filter', node.start, end, [node, Node('brackets', token[2], end, [inner])])
            else:
                node = Node('path', node.start, self.take()[3], [node])
        return node

    def atom(self):
        kind, word, start, end = self.take()
        if word == '(' and kind == 'sign':
            inner = self.either()
            return Node('brackets', start, self.take()[3], [inner])
        if kind == 'name' and self.peek() == '(':
            self.take()
            arguments = self.items()._replace(kind='arguments')
            return Node('call', start, self.tokens[self.i - 1][3], [arguments])
        return Node(kind, start, end, [])


OTHER_BOUND = {'<': '<=', '<=': '<', '>': '>=', '>=': '>'}


# --- mutants ---------------------------------------------------------------------------------

def without(node, i):
    """(start, end) to cut so that operand i of a chain or list is gone, with the word beside it"""
    parts = node.parts
    return (parts[i].start, parts[i + 1].start) if i == 0 else (parts[i - 1].end, parts[i].end)


def moved(word):
    """a number or day, one less and one more"""
    if '-' in word:
        day = datetime.date(*map(int, word.split('-')))
        return [str(day + datetime.timedelta(n)) for n in (-1, 1)]
    return ['%g' % (float(word) + n) for n in (-1, 1) if float(word) + n >= 0]


def edits(node, text):
    """(start, end, new text, what) of every change in and under a node"""
    if node.kind in ('and', 'or', 'sum', 'arguments') or (node.kind == 'items' and len(node.parts) > 1):
        for i, part in enumerate(node.parts):
            if i or node.kind != 'arguments':   # what a set is asked may go, the set may not
                yield (*without(node, i), '', 'without ' + text[part.start:part.end])
    elif node.kind == 'difference':
        yield node.parts[0].end, node.end, '', 'without ' + text[node.parts[0].end:node.end].strip()
    elif node.kind == 'not':
        yield node.start, node.parts[0].start, '', 'without the not of ' + text[node.start:node.end]
    elif node.kind == 'filter':
        yield node.parts[0].end, node.end, '', 'without ' + text[node.parts[1].start:node.end]
    elif node.kind == 'compare' and node.parts[1].kind in OTHER_BOUND:
        sign = node.parts[1]
        other = OTHER_BOUND[sign.kind]
        yield sign.start, sign.end, other, '%s for %s in %s' % (other, sign.kind, text[node.start:node.end])
    elif node.kind in ('number', 'date'):
        for new in moved(text[node.start:node.end]):
            yield node.start, node.end, new, '%s for %s' % (new, text[node.start:node.end])
    for part in node.parts:
        yield from edits(part, text)


def mutants(text):
    """every mutant of the pack; two with one text are one"""
    seen = {text}
    for e in expressions(text):
        counts = collections.Counter()
        for start, end, new, what in edits(Parser(text, e.start, e.end).either(), text):
            changed = text[:start] + new + text[end:]
            what = re.sub(r'\s+', ' ', what)
            counts[what] += 1
            if changed not in seen:
                seen.add(changed)
                yield Mutant(e.owner, e.name, what + (' (%d)' % counts[what] if counts[what] > 1 else ''), changed)
    for name, start, end in parameters(text):
        for new in moved(text[start:end]):
            yield Mutant('parameters', name.split()[0], '%s for %s%s' % (new, text[start:end], ' of ' + name if ' ' in name else ''),
                         text[:start] + new + text[end:])


# --- who uses what ---------------------------------------------------------------------------

def rules_of(text, codes):
    """owner or parameter -> the rules whose answers it may change"""
    words = collections.defaultdict(set)     # owner -> names in its conditions
    for e in expressions(text):
        words[e.owner] |= set(re.findall(r'\w+', text[e.start:e.end]))
    reach = {}
    for owner in set(words) | {name.split()[0] for name, _, _ in parameters(text)}:
        users, todo = set(), [owner]
        while todo:
            name = todo.pop()
            for other, inside in words.items():
                if name in inside and other not in users:
                    users.add(other)
                    todo.append(other)
        reach[owner] = {c for c in users | {owner} if c in codes}
    return reach
