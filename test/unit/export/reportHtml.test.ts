import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../../src/export/report/reportHtml';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import type { ReportData } from '../../../src/shared/reportData';
import { tinyView } from '../../fixtures/planViews';

const assets = { scripts: ['start("<!--")'], engine: null, styles: ['@font-face { src: url("./codicon.ttf?x") } .a > .b {}'], iconFont: Uint8Array.of(1, 2, 3) };
const view = tinyView();
const layout = await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 5000 });
const data: ReportData = { view, layouts: [layout, layout], explanations: [], statements: null, timelines: [] };

describe('a report', () => {
  it('is one page that runs and loads nothing but its own', () => {
    const html = reportHtml(data, assets);
    expect(html).not.toMatch(/\b(src|href)=/);
    expect(html).toContain('url(data:font/ttf;base64,AQID)');
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    const [script] = [...html.matchAll(/<script>(.*?)<\/script>/gs)];
    expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script![1]!).digest('base64')}'`);
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('is not broken by what a model calls its operators', () => {
    const evil = '</script><script>alert(1)</script><!-- "\u2028\'&';
    const named: ReportData = { ...data, view: { ...view, modelName: evil, operators: view.operators.map((operator, i) => (i === 0 ? { ...operator, name: evil } : operator)) } };
    const html = reportHtml(named, assets);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    const [, packed] = /id="report-data">(.*?)<\/script>/s.exec(html)!;
    expect(JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString())).toEqual(JSON.parse(JSON.stringify(named)));
    expect(/<title>(.*?)<\/title>/s.exec(html)![1]).not.toMatch(/[<>"']/);
  });

  it('may make workers of its own text, and runs the engine that it carries, where it carries one', () => {
    const html = reportHtml(data, { ...assets, engine: 'lay()' });
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    expect(policy).toContain('worker-src blob:;');
    expect(policy).toContain(createHash('sha256').update('lay()').digest('base64'));
    expect(html).toContain('<script id="layout-engine">lay()</script>');
    expect(html).toContain('<body class="report" data-engine>');
    expect(reportHtml(data, assets)).not.toContain('worker-src');
  });

  it('is in the language that it is given, whatever its words are', () => {
    const words = { Save: 'Sichern </script><script>' };
    const html = reportHtml(data, assets, { name: 'de', words });
    expect(html).toContain('<html lang="de">');
    expect(html.match(/<script/g)).toHaveLength(3);
    const [, json] = /<script type="application\/json" id="words">(.*?)<\/script>/s.exec(html)!;
    expect(JSON.parse(json!)).toEqual(words);
    expect(reportHtml(data, assets)).toContain('<html lang="en">');
  });

  it('refuses parts that would end their element', () => {
    expect(() => reportHtml(data, { ...assets, scripts: ['"</script>"'] })).toThrow(/would end its own element/);
  });
});
