/** The colours of VS Code's own themes that the panel uses, as the workbench sets them on a webview's root element: for pages outside VS Code. */
export interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

const font = { 'font-family': 'system-ui, sans-serif', 'font-size': '13px', 'font-weight': 'normal' };

export const themes: Readonly<Record<'light' | 'dark' | 'contrast', Theme>> = {
  light: {
    bodyClass: 'vscode-light',
    variables: {
      ...font, foreground: '#3b3b3b', 'editor-background': '#ffffff', 'editor-foreground': '#3b3b3b', descriptionForeground: '#616161', errorForeground: '#cd2121',
      focusBorder: '#005fb8', 'panel-border': '#e5e5e5', 'sideBar-background': '#f8f8f8', 'editorWidget-background': '#f8f8f8', 'editorWidget-border': '#c8c8c8', 'editorWidget-foreground': '#3b3b3b',
      'widget-shadow': '#00000029', 'textLink-foreground': '#005fb8', 'button-background': '#005fb8', 'button-foreground': '#ffffff', 'button-hoverBackground': '#0258a8', 'button-border': '#0000001a',
      'button-secondaryBackground': '#e5e5e5', 'button-secondaryForeground': '#3b3b3b', 'button-secondaryHoverBackground': '#cccccc', 'input-background': '#ffffff', 'input-foreground': '#3b3b3b',
      'input-placeholderForeground': '#767676', 'settings-textInputBorder': '#cecece', 'dropdown-background': '#ffffff', 'dropdown-foreground': '#3b3b3b', 'dropdown-border': '#cecece', 'list-hoverBackground': '#f2f2f2', 'list-inactiveSelectionBackground': '#e4e6f1', 'toolbar-hoverBackground': '#b8b8b850', 'toolbar-activeBackground': '#a6a6a650',
      'editorWarning-foreground': '#bf8803', 'editorError-foreground': '#e51400', 'editor-findMatchBackground': '#a8ac94', 'inputValidation-warningBackground': '#f6f5d2', 'inputValidation-warningBorder': '#b89500',
      'charts-green': '#388a34', 'progressBar-background': '#005fb8', 'icon-foreground': '#3b3b3b', 'badge-background': '#cccccc', 'badge-foreground': '#3b3b3b',
    },
  },
  dark: {
    bodyClass: 'vscode-dark',
    variables: {
      ...font, foreground: '#cccccc', 'editor-background': '#1f1f1f', 'editor-foreground': '#cccccc', descriptionForeground: '#9d9d9d', errorForeground: '#f85149',
      focusBorder: '#0078d4', 'panel-border': '#2b2b2b', 'sideBar-background': '#181818', 'editorWidget-background': '#202020', 'editorWidget-border': '#454545', 'editorWidget-foreground': '#cccccc',
      'widget-shadow': '#0000005c', 'textLink-foreground': '#4daafc', 'button-background': '#0078d4', 'button-foreground': '#ffffff', 'button-hoverBackground': '#026ec1', 'button-border': '#ffffff12',
      'button-secondaryBackground': '#313131', 'button-secondaryForeground': '#cccccc', 'button-secondaryHoverBackground': '#3c3c3c', 'input-background': '#313131', 'input-foreground': '#cccccc',
      'input-placeholderForeground': '#989898', 'settings-textInputBorder': '#3c3c3c', 'dropdown-background': '#313131', 'dropdown-foreground': '#cccccc', 'dropdown-border': '#3c3c3c', 'list-hoverBackground': '#2a2d2e', 'list-inactiveSelectionBackground': '#37373d', 'toolbar-hoverBackground': '#5a5d5e50', 'toolbar-activeBackground': '#63666750',
      'editorWarning-foreground': '#cca700', 'editorError-foreground': '#f14c4c', 'editor-findMatchBackground': '#9e6a03', 'inputValidation-warningBackground': '#352a05', 'inputValidation-warningBorder': '#b89500',
      'charts-green': '#89d185', 'progressBar-background': '#0078d4', 'icon-foreground': '#cccccc', 'badge-background': '#616161', 'badge-foreground': '#f8f8f8',
    },
  },
  contrast: {
    bodyClass: 'vscode-high-contrast',
    variables: {
      ...font, foreground: '#ffffff', 'editor-background': '#000000', 'editor-foreground': '#ffffff', descriptionForeground: '#ffffffb3', errorForeground: '#f48771',
      focusBorder: '#f38518', contrastBorder: '#6fc3df', contrastActiveBorder: '#f38518', 'panel-border': '#6fc3df', 'sideBar-background': '#000000', 'editorWidget-background': '#0c141f', 'editorWidget-border': '#6fc3df', 'editorWidget-foreground': '#ffffff',
      'textLink-foreground': '#21a6ff', 'button-background': '#000000', 'button-foreground': '#ffffff', 'button-border': '#6fc3df',
      'button-secondaryBackground': '#000000', 'button-secondaryForeground': '#ffffff', 'input-background': '#000000', 'input-foreground': '#ffffff',
      'input-placeholderForeground': '#ffffffb3', 'settings-textInputBorder': '#6fc3df', 'dropdown-background': '#000000', 'dropdown-foreground': '#ffffff', 'dropdown-border': '#6fc3df', 'list-hoverBackground': '#ffffff1a',
      'editorWarning-foreground': '#ffd370', 'editorError-foreground': '#f48771', 'editor-findMatchBackground': '#ab5a00', 'inputValidation-warningBackground': '#000000', 'inputValidation-warningBorder': '#6fc3df',
      'charts-green': '#89d185', 'progressBar-background': '#6fc3df', 'icon-foreground': '#ffffff', 'badge-background': '#000000', 'badge-foreground': '#ffffff',
    },
  },
};
