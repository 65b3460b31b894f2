import { effectTab } from './effect-tab.ts';
import { findingsTab } from './findings-tab.ts';
import { journalTab } from './journal-tab.ts';
import { sourceTab } from './source-tab.ts';
import { downSqlTab, upSqlTab } from './sql-tab.ts';
import type { DetailTab } from './tab.ts';

export const detailTabs: readonly DetailTab[] = [
  upSqlTab,
  downSqlTab,
  sourceTab,
  effectTab,
  findingsTab,
  journalTab,
];

export const tabOf = (id: string): DetailTab => detailTabs.find(tab => tab.id === id) ?? upSqlTab;
