/** The vocabulary of generated rows. Names carry accents, quotes and other scripts on purpose. */
export const COMPANY_FIRST = [
  'Acme', 'Blue River', 'Northwind', 'Vega', 'Orbit', 'Söhne', 'Éclair', "O'Brien", 'Kaya', 'Müller',
  'Łódź', 'Sakura', 'Delta', 'Granite', 'Helios', 'Ibex', 'Juniper', 'Koala', 'Lumen', 'Meridian',
  'Nimbus', 'Quartz', 'Rowan', 'Silver Birch', 'Tundra', 'Umber', 'Willow', 'Zephyr', 'Ångström', '東京',
  'Ελλάς', 'Пример',
] as const;
export const COMPANY_SECOND = [
  'Foods', 'Logistics', 'Labs', 'Systems', 'Energy', 'Textiles', 'Robotics', 'Media', 'Capital', 'Health',
  'Motors', 'Optics', 'Paper', 'Studios', 'Works', 'Partners',
] as const;
export const COMPANY_FORM = [
  'Inc.', 'GmbH', 'B.V.', 'Ltd', 'S.A.', 'LLC', 'AG', '& Co',
] as const;
export const FIRST_NAMES = [
  'Ann', 'Bram', 'Chloé', 'Daan', 'Elif', 'Fatima', 'Giulia', 'Hiro', 'Ingrid', 'João', 'Kim', 'Lars',
  'Maya', 'Noah', 'Olga', 'Pedro', 'Quinn', 'Rosa', 'Siobhán', 'Tomáš', 'Uma', 'Viktor', 'Wei', 'Zoë',
] as const;
export const LAST_NAMES = [
  'Anders', 'Brown', 'Costa', "D'Angelo", 'Eriksen', 'Fischer', 'García', 'Haddad', 'Ivanov', 'Jansen',
  'Kowalski', 'Lee', 'Martin', 'Nguyen', "O'Neill", 'Petrov', 'Rossi', 'Smith-Jones', 'Tanaka', 'Ueda',
  'van den Berg', 'Weiß', 'Yılmaz', 'Zhang',
] as const;
export const STREETS = [
  'Main Street', 'Keizersgracht', 'Rue de la Paix', 'Hauptstraße', 'High Street', 'Via Roma',
  'Calle Mayor', 'Market Square', 'Station Road', 'Harbour Lane',
] as const;
/** City, state, country, latitude, longitude. */
export const PLACES = [
  ['Amsterdam', 'NH', 'Netherlands', '52.3676', '4.9041'], ['Berlin', 'BE', 'Germany', '52.52', '13.405'],
  ['San Francisco', 'CA', 'USA', '37.7749', '-122.4194'], ['São Paulo', 'SP', 'Brazil', '-23.5505', '-46.6333'],
  ['Zürich', 'ZH', 'Switzerland', '47.3769', '8.5417'], ['Tokyo', '', 'Japan', '35.6762', '139.6503'],
  ['London', '', 'United Kingdom', '51.5072', '-0.1276'], ['Austin', 'TX', 'USA', '30.2672', '-97.7431'],
] as const;
export const JOB_TITLES = [
  'Account Manager', 'Buyer', 'CEO', 'CFO', 'Engineer', 'Head of "Special" Projects', 'IT Lead',
  'Office Manager', 'VP, Sales', 'Warehouse Lead',
] as const;
export const DEPARTMENTS = [
  'Sales', 'Finance', 'IT', 'Operations', 'R&D',
] as const;
/** Text that careless readers damage: line breaks, quotes, delimiters, emoji, null look-alikes, markup. */
export const DESCRIPTIONS = [
  'Long-standing customer.', 'First line\nSecond line', 'Windows line\r\nbreak', 'Said "call me", twice',
  'Commas, semicolons; and tabs\tinside', "It's a 'quoted' word", 'Emoji 🚀 and 👩‍👩‍👧‍👦 family',
  'Back\\slash and /slash/', '<b>bold</b> & ampersand', 'Ends with a quote"', '=SUM(A1:A2)',
  'Ünïcödé — dash … ellipsis', 'null', 'Trailing comma,', '"', 'Zero-width\u200bspace and nbsp\u00a0here',
] as const;
