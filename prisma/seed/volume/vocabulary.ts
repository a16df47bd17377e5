/** The words of Meridian's other products: what they are, what they watch, and what they must do. */

export const products = [
  ['syringe-driver', 'Syringe driver'],
  ['feeding-pump', 'Feeding pump'],
  ['blood-warmer', 'Blood warmer'],
  ['ward-gateway', 'Ward gateway'],
  ['pca-pump', 'Patient-controlled pump'],
  ['ambulance-pump', 'Ambulance pump'],
  ['home-pump', 'Home pump'],
  ['docking-station', 'Docking station'],
  ['bedside-monitor', 'Bedside monitor'],
  ['vaporizer', 'Vaporizer'],
  ['oxygen-blender', 'Oxygen blender'],
  ['suction-unit', 'Suction unit'],
  ['dialysis-cart', 'Dialysis cart'],
  ['infant-warmer', 'Infant warmer'],
  ['sample-carrier', 'Sample carrier'],
  ['label-printer', 'Label printer'],
  ['nurse-call', 'Nurse call'],
  ['pharmacy-robot', 'Pharmacy robot'],
  ['service-bench', 'Service bench'],
  ['fluid-cabinet', 'Fluid cabinet'],
] as const;

export const components = [
  ['firmware', 'firmware', 'runs on the device'],
  ['service', 'service', 'keeps devices and wards in step'],
  ['app', 'app', 'shows the device to a nurse'],
  ['simulator', 'simulator', 'stands in for the device in tests'],
  ['reports', 'reports', 'sums up use by ward and month'],
  ['alarms', 'alarms', 'brings alarms to people'],
  ['updates', 'updates', 'brings released firmware to devices'],
  ['labels', 'labels', 'prints and reads labels'],
  ['training', 'training', 'teaches the device without a patient'],
  ['telemetry', 'telemetry', 'collects what devices measure'],
  ['calibration', 'calibration', 'guides a technician through calibration'],
  ['inventory', 'inventory', 'knows which device is where'],
  ['archive', 'archive', 'keeps records for ten years'],
  ['portal', 'portal', 'opens the device to pharmacists'],
  ['diagnostics', 'diagnostics', 'finds out what is wrong with a device'],
] as const;

export const subjects = [
  'battery charge',
  'flow rate',
  'air in the line',
  'occlusion pressure',
  'syringe size',
  'line temperature',
  'motor current',
  'door position',
  'drop count',
  'valve position',
  'ambient light',
  'sound level',
  'device clock',
  'memory of records',
  'network signal',
  'patient weight',
  'drug name',
  'ward assignment',
  'operator sign-in',
  'software version',
  'calibration date',
  'service interval',
  'alarm limit',
  'display contrast',
  'key lock',
  'remaining volume',
  'end of infusion',
  'standby time',
  'power source',
  'tube set',
  'concentration',
  'bolus request',
] as const;

/** `%` is the subject. */
export const demands = [
  ['% is checked before every start', 'The device does not start while the check of the % is overdue or has failed.'],
  [
    '% is shown at all times',
    'The % is on the screen in every view, with its unit and the time at which it was measured.',
  ],
  ['% is recorded', 'Every change of the % is recorded with time and device, and the record can not be altered.'],
  [
    'A fault of the % stops safely',
    'When the % can not be known, delivery stops within one second and an alarm of high priority is raised.',
  ],
  ['% survives a loss of power', 'After a loss of power of up to ten minutes the % is what it was before.'],
  ['% is limited by the drug library', 'The % stays within what the drug library allows for the drug in use.'],
  [
    '% is confirmed by two people',
    'A change of the % on a high-risk drug takes effect when a second person has confirmed it.',
  ],
  ['% is sent to the ward', 'The ward sees the % at most five seconds after it changed.'],
  ['% can be tested in service', 'A technician can test the % without a patient, and the test leaves a report.'],
  ['% is never assumed', 'Without a valid % the device asks for it, and offers no default.'],
] as const;

export const roles = ['nurse', 'pharmacist', 'technician', 'anaesthetist', 'administrator', 'patient'] as const;

export const designs = [
  'One function decides; every caller asks it, and it is tested with the limits of all drugs.',
  'Two independent measurements are compared; a difference above 5 % counts as a fault.',
  'The value travels with its unit and time; a value older than two seconds is no value.',
  'The decision is made on the device, so that it holds without a network.',
  'Changes go through one journal that is replayed after a restart.',
  'The table of limits is signed and checked when it is loaded.',
] as const;

export const suppliers = [
  'Helix Sensors',
  'Brno Mouldings',
  'Nordic Test House',
  'Kestrel Freight',
  'Alpine Circuits',
  'Delta Tubing',
] as const;

export const sites = [
  'status.example.com',
  'lists.example.org',
  'updates.example.net',
  'support.example.com',
  'wiki.example.org',
  'portal.meridian.example',
] as const;
