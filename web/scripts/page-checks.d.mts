import type { Page } from 'playwright-core';

export const chromiumArgs: string[];
export function watchPage(page: Page, origin: string): Promise<string[]>;
export function axeViolations(page: Page): Promise<string[]>;
export function overflows(page: Page): Promise<boolean>;
