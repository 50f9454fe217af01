// Parses Bicep files and prints their trees as one JSON object, path to tree. A node: t type, f field, s text of a leaf, c children.
const fs = require('fs');
const path = require('path');
const modules = path.join(process.argv[2], 'node_modules');
const Parser = require(path.join(modules, 'tree-sitter'));
const parser = new Parser();
parser.setLanguage(require(path.join(modules, 'tree-sitter-bicep')));

function toJson(node, field) {
  const result = { t: node.isMissing ? 'MISSING' : node.type };
  if (field) result.f = field;
  if (node.isError || node.isMissing) result.at = `${node.startPosition.row + 1}:${node.startPosition.column + 1}`;
  const children = [];
  for (let i = 0; i < node.childCount; i++) {
    const child = node.child(i);
    if (child.isNamed || child.isMissing || child.isError) children.push(toJson(child, node.fieldNameForChild(i)));
  }
  if (children.length) result.c = children;
  else result.s = node.text;
  return result;
}

const trees = {};
for (const file of process.argv.slice(3)) trees[file] = toJson(parser.parse(fs.readFileSync(file, 'utf8')).rootNode, null);
process.stdout.write(JSON.stringify(trees));
