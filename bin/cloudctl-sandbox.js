#!/usr/bin/env node
'use strict';
const { sandboxMain } = require('../dist/sandbox.js');

sandboxMain(process.argv.slice(2), process);
