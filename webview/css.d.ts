/** Style sheets are collected into dist/webview/main.css by the bundler. */
declare module '*.css';
