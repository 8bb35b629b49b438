"""Makes the key value store of the redirect table: make-store.py STORE [TABLE]

TABLE has one redirect a line, three fields separated by white space: path, status, target. Without it, 5,000 rows are made by a rule.
The whole table is checked against the limits of a store and against redirects that lead back to themselves.
"""
import json
import os
import sys

LARGEST_STORE, LONGEST_KEY, LONGEST_VALUE = 5 * 1024 * 1024, 512, 1024
PREFIXES = 4                # as in function.js
LONGEST_WAY = 10            # redirects one after the other; browsers give up at 20
STATUSES = ('301', '302', '307', '308')


def sample_rows():
    for number in range(4900):
        yield f'/articles/{number:04}.html', '301', f'/blog/article-{number:04}/'
    for number in range(90):
        yield f'/shop/category-{number:02}/*', '302', f'/store/{number:02}/*'
    yield '/docs/*', '301', '/manual/*'
    yield '/docs/v1/*', '301', '/manual/archive/*'
    yield '/docs/v1/start', '301', '/manual/first-steps?from=v1'
    yield '/press/*', '302', 'https://press.example.com/'
    yield '/to-root/*', '301', '/*'
    yield '/team', '301', '/about/team'
    yield '/de/*', '308', 'https://de.example.com/*'
    yield '/sale', '307', '/store/sale'
    yield '/stays', '301', '/stays'         # the last two lead nowhere else: the function lets such requests pass
    yield '/deep/*', '301', '/deep/deeper/*'


def rows_of(file):
    with open(file, encoding='utf-8') as lines:
        for line in lines:
            if line.strip() and not line.startswith('#'):
                fields = line.split()
                if len(fields) != 3:
                    sys.exit(f'{file}: "{line.strip()}" has not three fields: path, status, target')
                yield tuple(fields)


def check(path, status, target, table):
    if not path.startswith('/') or '*' in path[:-1] or (path.endswith('*') and not path.endswith('/*')):
        return 'the path begins with "/", and a star may only stand for what comes after its last "/"'
    if status not in STATUSES:
        return f'the status is one of {", ".join(STATUSES)}'
    if not target.startswith(('/', 'https://', 'http://')) or target.startswith('//'):
        return 'the target is a path, or an address with https://'
    if target.endswith('*') and not path.endswith('*'):
        return 'a star in the target takes what the star in the path has matched, and there is none'
    if len(path.encode()) > LONGEST_KEY or len(target.encode()) + 4 > LONGEST_VALUE:
        return f'a path has {LONGEST_KEY} bytes at most, a target {LONGEST_VALUE - 4}'
    if path in table:
        return 'the path is there already'
    return None


def follow(path, table):
    """Where the function sends a request for the path; None if it lets it pass."""
    prefix, row = path, table.get(path)
    while row is None and prefix.count('/') > max(path.count('/') - PREFIXES, 0):
        prefix = prefix[:prefix.rindex('/')]
        row = table.get(prefix + '/*')
        if row is not None:
            prefix += '/'
    if row is None:
        return None
    target = row[4:].split('?')[0]
    if not target.endswith('*'):
        return None if target == path else target
    target = target[:-1]
    return None if target.startswith(prefix) and path.startswith(target) else target + path[len(prefix):].lstrip('/')


def circle_from(path, table):
    way = [path]
    while (target := follow(way[-1], table)) is not None:
        if target in way or len(way) == LONGEST_WAY:
            return way + [target]
        way.append(target)
    return None


def main(store, *files):
    table = {}
    for path, status, target in rows_of(files[0]) if files else sample_rows():
        mistake = check(path, status, target, table)
        if mistake:
            sys.exit(f'{path} {status} {target}: {mistake}')
        table[path] = f'{status} {target}'
    for path in table:
        circle = circle_from(path.replace('*', 'page'), table)
        if circle:
            sys.exit('these redirects go round in circles: ' + ' -> '.join(circle))
    size = sum(len(path.encode()) + len(row.encode()) for path, row in table.items())
    if size > LARGEST_STORE:
        sys.exit(f'{size} bytes of keys and values; a store takes {LARGEST_STORE}')
    os.makedirs(os.path.dirname(store) or '.', exist_ok=True)
    with open(store, 'w', encoding='utf-8') as output:
        json.dump({'data': [{'key': path, 'value': row} for path, row in table.items()]}, output, ensure_ascii=False, indent=0)
    print(f'{store}: {len(table)} redirects, {size} bytes of {LARGEST_STORE}')


if __name__ == '__main__':
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
