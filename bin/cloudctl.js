#!/usr/bin/env node
'use strict';
const { join } = require('node:path');
const { start } = require('../dist/cloudctl.js');

start(process, { cloudctl: __filename, sandbox: join(__dirname, 'cloudctl-sandbox.js') });
