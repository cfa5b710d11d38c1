import { useState } from 'react';
import { Choice } from '../components/choice.tsx';
import { Icon } from '../components/icon.tsx';
import { storedTheme, storeTheme, type Theme } from './theme.ts';

const options = [
  { value: 'system', name: 'As the system', label: <Icon name="system" /> },
  { value: 'light', name: 'Light', label: <Icon name="sun" /> },
  { value: 'dark', name: 'Dark', label: <Icon name="moon" /> },
] as const;

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  const choose = (next: Theme) => {
    setTheme(next);
    storeTheme(next);
  };
  return <Choice label="Theme" hideLabel value={theme} options={options} onChange={choose} />;
}
